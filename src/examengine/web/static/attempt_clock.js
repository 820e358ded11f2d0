// The time that is left: counted from what the server says, never from this computer's clock.

const SPOKEN = [10, 5, 1]; // minutes left at which the time is announced, once each
const LAST_CALL = 2; // seconds before the end at which typed text is sent, finished or not
const SLEPT = 3; // seconds by which two ticks may be apart, or two clocks, before the server is asked

const two = (value) => String(value).padStart(2, "0");

const inDigits = (seconds) => {
  const minutes = Math.floor(seconds / 60);
  const rest = two(Math.floor(seconds) % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
};

// Returns the function that sets how many seconds are left.
export const startClock = ({ lastCall, over, ask }) => {
  const timer = document.getElementById("timer");
  const announce = document.getElementById("announce");
  let end = null;
  let before = Infinity;
  let counted = performance.now();
  let dated = Date.now();

  // A computer that slept may count on from where it fell asleep, though its clock was set forward.
  const isDoubtful = () => {
    const steps = [performance.now() - counted, Date.now() - dated].map((step) => step / 1000);
    [counted, dated] = [performance.now(), Date.now()];
    return Math.abs(steps[0] - steps[1]) > SLEPT || Math.max(...steps) > 10 * SLEPT;
  };

  const tick = () => {
    if (end === null) return;
    if (isDoubtful()) ask();
    const left = Math.max(0, (end - performance.now()) / 1000);
    timer.textContent = inDigits(left);
    const reached = SPOKEN.find((minutes) => before > minutes * 60 && left <= minutes * 60);
    // At the beginning nothing has been passed yet: nobody is told of ten minutes they never had.
    if (reached && before !== Infinity) announce.textContent = `${reached} minute${reached === 1 ? "" : "s"} left`;
    if (before > LAST_CALL && left <= LAST_CALL) lastCall();
    if (before > 0 && left === 0) {
      announce.textContent = "The time is up";
      over();
    }
    before = left;
  };

  setInterval(tick, 250);
  return (seconds) => {
    end = performance.now() + seconds * 1000;
    tick();
  };
};
