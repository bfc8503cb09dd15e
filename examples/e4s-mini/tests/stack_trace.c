/* libunwind finds the way back through functions that call each other; libnuma counts. */
#define UNW_LOCAL_ONLY
#include <libunwind.h>
#include <numa.h>
#include <stdio.h>

enum { DEPTH = 12 };

__attribute__((noinline)) static int frames(void) {
  unw_context_t context;
  unw_cursor_t cursor;
  int count = 0;
  unw_getcontext(&context);
  unw_init_local(&cursor, &context);
  do count++;
  while (unw_step(&cursor) > 0 && count < 1000);
  return count;
}

__attribute__((noinline)) static int below(int depth) {
  int count = depth == 0 ? frames() : below(depth - 1);
  __asm__ volatile("" : "+r"(count)); /* so that no call becomes a jump */
  return count;
}

int main(void) {
  int flat = below(0), deep = below(DEPTH);
  printf("frames_of_%d_calls=%d\n", DEPTH, deep - flat);
  /* Masks of nodes are counted without the kernel, which a container may not let libnuma ask. */
  struct bitmask *nodes = numa_bitmask_alloc(128);
  for (unsigned node = 0; node < 128; node += 32) numa_bitmask_setbit(nodes, node);
  printf("numa_nodes_in_mask=%u\n", numa_bitmask_weight(nodes));
  numa_bitmask_free(nodes);
  return 0;
}
