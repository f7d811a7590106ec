#include "heap.h"

// One heap for all threads: what one frees of another's, as the worker does with what its connections
// hand it, is used again at once. What a batch has freed is kept for the next one, for a second; the
// threads keep pieces of up to 8 KiB at hand, which messages and records are.
const char *malloc_conf = "narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0,lg_tcache_max:13";
