"""One defensible thread from the question bank to the credential."""

import os

# Our matrices are tall and thin, and blocks of persons already run side by side. A second pool of
# threads inside each product only waits for the first: a calibration of 20,000 x 60 takes ten
# times the processor time with it. numpy reads this once, when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
