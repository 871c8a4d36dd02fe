"""The garbage collector of a process that serves: it looks less often, and never at what stays."""

import gc

#: New containers between two looks at the young ones. Python's own 700 means several looks for each batch of events; a
#: look at 20,000 holds up all threads of a busy process for 10 to 25 ms, which was the slowest hundredth of all events.
_YOUNG = 4_000


def settle_heap() -> None:
    """Call it once everything is imported and made, before the loops begin or requests come.

    A batch of events is thousands of tuples that die by themselves; and a page that sets off a look at everything waits
    170 ms for it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
