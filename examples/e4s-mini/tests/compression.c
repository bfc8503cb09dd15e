/* What is compressed comes back: one buffer through lz4 and through bzip2. */
#include <bzlib.h>
#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 1 << 20 };

static int mismatches(const char *a, const char *b) {
  int count = 0;
  for (int i = 0; i < SIZE; i++) count += a[i] != b[i];
  return count;
}

int main(void) {
  char *text = malloc(SIZE), *back = calloc(1, SIZE);
  unsigned state = 1;
  for (int i = 0; i < SIZE; i++) {
    state = state * 1664525u + 1013904223u;
    text[i] = (char)('a' + (state >> 28) % 4);
  }
  int room = LZ4_compressBound(SIZE);
  char *small = malloc((size_t)room + SIZE);
  int lz4 = LZ4_compress_default(text, small, SIZE, room);
  int came = LZ4_decompress_safe(small, back, lz4, SIZE);
  printf("lz4_ratio=%.3f\nlz4_mismatches=%d\n", (double)SIZE / lz4,
         came == SIZE ? mismatches(text, back) : SIZE);

  unsigned length = (unsigned)room + SIZE, whole = SIZE;
  memset(back, 0, SIZE);
  int wrong = BZ2_bzBuffToBuffCompress(small, &length, text, SIZE, 9, 0, 0) != BZ_OK;
  wrong |= BZ2_bzBuffToBuffDecompress(back, &whole, small, length, 0, 0) != BZ_OK;
  printf("bzip2_ratio=%.3f\nbzip2_mismatches=%d\n", (double)SIZE / length,
         wrong || whole != SIZE ? SIZE : mismatches(text, back));
  free(text), free(back), free(small);
  return 0;
}
