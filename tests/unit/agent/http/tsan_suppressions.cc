// The packaged cpp-httplib is not built with ThreadSanitizer. Its set of method names is a static
// of a function: the check of the guard is inlined there, so the sanitizer does not see that a
// thread which finds the set made already comes after the thread that made it. Only what the
// library itself compares and copies is passed over; our handlers, which it calls, are not.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libcpp-httplib.so\n";
}
