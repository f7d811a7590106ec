#include <sqlite3.h>
#include <stdlib.h>

/* Swift cannot call a function with variable arguments. */
static inline int csqlite_keep_no_memory_statistics(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* Room for so many pages, for as long as the process lives; further ones are allocated one by one. */
static inline int csqlite_keep_pages_in_one_piece(int page_size, int count) {
  int header_size = 0;
  int result = sqlite3_config(SQLITE_CONFIG_PCACHE_HDRSZ, &header_size);
  if (result != SQLITE_OK) return result;
  int slot_size = (page_size + header_size + 7) / 8 * 8;
  void *pages = malloc((size_t)slot_size * (size_t)count);
  return pages ? sqlite3_config(SQLITE_CONFIG_PAGECACHE, pages, slot_size, count) : SQLITE_NOMEM;
}
