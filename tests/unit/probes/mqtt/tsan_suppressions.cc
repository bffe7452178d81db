// What ThreadSanitizer sees in the packaged Paho MQTT libraries, which are not built with it: its
// mutex of all clients and the mutex of one client are taken in either order, by connect and by the
// callback that ends it. A client connects once here, so the two never meet.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "deadlock:libpaho-mqtt3as.so\n"
         "deadlock:libpaho-mqttpp3.so\n";
}
