// The time that is left: counted from what the server says, never from this computer's clock.

const SPOKEN = [10, 5, 1]; // minutes left at which the time is announced, once each
const LAST_CALL = 2; // seconds before the end at which typed text is sent, finished or not

const two = (value) => String(value).padStart(2, "0");

const inDigits = (seconds) => {
  const minutes = Math.floor(seconds / 60);
  const rest = two(Math.floor(seconds) % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
};

// Returns the function that sets how many seconds are left.
export const startClock = ({ lastCall, over }) => {
  const timer = document.getElementById("timer");
  const announce = document.getElementById("announce");
  let end = null;
  let before = Infinity;

  const tick = () => {
    if (end === null) return;
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
