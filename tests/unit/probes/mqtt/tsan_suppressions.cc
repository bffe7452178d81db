// What ThreadSanitizer sees in the packaged Paho MQTT libraries, which are not built with it: its
// mutex of all clients and the mutex of one client are taken in either order, by connect and by the
// callback that ends it. A client connects once here, so the two never meet. And the counts of
// its shared pointers: it lets go of a message on its own thread, which no atomic access of code
// that is not instrumented shows.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "deadlock:libpaho-mqtt3as.so\n"
         "deadlock:libpaho-mqttpp3.so\n"
         "race:libpaho-mqttpp3.so\n";
}
