// The memory that only the start of the program needed: code that read the configuration and set
// the libraries up, and heap that has become free. Given back once; what is needed after all is
// read again from the file's cache, a few pages at a time.
//
// Called by the app on the main thread, once the start is over. Touches code only, which nobody has
// changed: never data, not even what is read-only after relocation.
//
// Sources: madvise(2), MADV_DONTNEED; malloc_trim(3); proc_pid_maps(5).
#pragma once

namespace vitals {

void GiveBackStartupPages();

}  // namespace vitals
