// How long a full collection stops a JVM whose live objects are small, as a broker's sessions are:
// what a profile's longest_stall rests on.
//   java -Xmx8g FullCollection.java GIB...
import java.lang.ref.Reference;

final class FullCollection {
  private static final int PAYLOAD = 100;  // bytes: an object and its array, about 144 in all

  public static void main(final String[] args) {
    for (final String arg : args) {
      final long bytes = (long) (Double.parseDouble(arg) * (1L << 30));
      final byte[][][] live = new byte[(int) (bytes / 4096 / 116) + 1][][];
      for (int i = 0; i < live.length; ++i) {
        live[i] = new byte[4096][];
        for (int j = 0; j < live[i].length; ++j) live[i][j] = new byte[PAYLOAD];
      }
      System.gc();  // what is dead goes, what is live is promoted
      final long before = System.nanoTime();
      System.gc();
      final double seconds = (System.nanoTime() - before) / 1e9;
      final long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      System.out.printf("%.1f GiB live: stopped for %.2f s%n", used / 1073741824.0, seconds);
      Reference.reachabilityFence(live);
    }
  }
}
