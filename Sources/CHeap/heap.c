#include "heap.h"

// One heap for all threads: what one frees of another's, as the worker does with what its connections
// hand it, is used again at once. What a batch has freed is kept for the next one, for two seconds.
const char *malloc_conf = "narenas:1,dirty_decay_ms:2000,muzzy_decay_ms:0";
