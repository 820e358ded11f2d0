"""The process that verifies for another one; see `verifier_process`.

It is run as a file, not as a module: the face of `examengine.credentials` imports the whole
product, of which this process needs, and should hold, next to nothing. So it stands here without.
It steps back before it imports anything, which takes longer than most verifications.
"""

import sys
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    faceless = ModuleType("examengine.credentials")
    faceless.__path__ = [str(Path(__file__).parents[1])]
    sys.modules[faceless.__name__] = faceless
    import_module("examengine.kernel.processes").step_back()
    process = import_module("examengine.credentials.vc.verifier_process")
    process.serve(Connection(int(sys.argv[1])))
