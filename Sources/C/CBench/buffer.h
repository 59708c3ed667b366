// Bytes between a socket and its program, for both ends of the benchmark.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
  uint8_t *bytes;
  size_t capacity, front, end;
};

static inline uint8_t *buffer_room(struct buffer *b, size_t least) {
  if (b->front == b->end) b->front = b->end = 0;
  if (b->capacity - b->end < least && b->front > 0) {
    memmove(b->bytes, b->bytes + b->front, b->end - b->front);
    b->end -= b->front;
    b->front = 0;
  }
  if (b->capacity - b->end < least) {
    b->capacity = b->capacity * 2 > b->end + least ? b->capacity * 2 : b->end + least;
    b->bytes = realloc(b->bytes, b->capacity);
    if (!b->bytes) abort();
  }
  return b->bytes + b->end;
}

static inline void buffer_append(struct buffer *b, const uint8_t *bytes, size_t count) {
  memcpy(buffer_room(b, count), bytes, count);
  b->end += count;
}

// The whole frame at the front, or 0 when it has not come yet.
static inline size_t buffer_frame(const struct buffer *b) {
  size_t unread = b->end - b->front;
  if (unread < 8) return 0;
  uint32_t length;
  memcpy(&length, b->bytes + b->front, 4);
  size_t frame = 4 + (size_t)__builtin_bswap32(length);
  return unread >= frame ? frame : 0;
}
