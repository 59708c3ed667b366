// SSE4.2: x86-64 since 2008.
#if defined(__x86_64__)
#include <immintrin.h>

#include "work.h"

#pragma clang attribute push(__attribute__((target("sse4.2,popcnt"))), apply_to = function)

#define NAMED(name) name##_sse42

typedef uint64_t mask_sse42 __attribute__((vector_size(32)));

enum { compare_cost_sse42 = 6 };

ALWAYS_INLINE __m128i below_four(const float *thresholds, __m128 wanted, const int nan_too) {
  __m128 four = _mm_loadu_ps(thresholds);
  return _mm_castps_si128(nan_too ? _mm_cmpnge_ps(four, wanted) : _mm_cmplt_ps(four, wanted));
}

ALWAYS_INLINE uint32_t below_sse42(const float *thresholds, float value, const int nan_too) {
  __m128 wanted = _mm_set1_ps(value);
  __m128i low = _mm_packs_epi32(below_four(thresholds, wanted, nan_too),
                                below_four(thresholds + 4, wanted, nan_too));
  __m128i high = _mm_packs_epi32(below_four(thresholds + 8, wanted, nan_too),
                                 below_four(thresholds + 12, wanted, nan_too));
  return (uint32_t)__builtin_popcount((unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)));
}

static void compare_sse42(const float *column, int vectors, const float *thresholds, uint32_t count,
                          uint8_t *masks) {
#define LEFT(i) _mm_castps_si128(_mm_cmple_ps(_mm_load_ps(column + 16 * j + 4 * (i)), threshold))
  for (uint32_t i = 0; i < count; i++, masks += trees_mask_bytes) {
    __m128 threshold = _mm_set1_ps(thresholds[i]);
    for (int j = 0; j < vectors; j++) {
      __m128i low = _mm_packs_epi32(LEFT(0), LEFT(1)), high = _mm_packs_epi32(LEFT(2), LEFT(3));
      ((uint16_t *)masks)[j] = (uint16_t)_mm_movemask_epi8(_mm_packs_epi16(low, high));
    }
  }
#undef LEFT
}

// A byte shuffle reaches 16 bytes, and gives zero where a place is negative. So the places for
// either half of the sets are negative for codes that are in the other one, or in none.
ALWAYS_INLINE void look_up_halves(const int is_wide, const int adds, const struct trees_page *page,
                                  const __m128i *lower, const __m128i *upper, const __m128i *bits,
                                  int vectors, const uint8_t *sets, const uint32_t *conditions,
                                  uint8_t *masks) {
  for (uint32_t i = 0; i < page->count; i++, sets += trees_page_bytes) {
    __m128i low = _mm_loadu_si128((const __m128i *)sets);
    __m128i high = _mm_loadu_si128((const __m128i *)(sets + 16));
    uint16_t *mask = (uint16_t *)(masks + (adds ? conditions[i] : i) * trees_mask_bytes);
    for (int j = 0; j < vectors; j++) {
      __m128i byte = _mm_shuffle_epi8(low, lower[j]);
      if (is_wide) byte = _mm_or_si128(byte, _mm_shuffle_epi8(high, upper[j]));
      __m128i is_found = _mm_cmpeq_epi8(_mm_and_si128(byte, bits[j]), bits[j]);
      uint16_t found = (uint16_t)_mm_movemask_epi8(is_found);
      mask[j] = adds ? mask[j] | found : found;
    }
  }
}

static void look_up_sse42(const struct trees_page *page, const uint8_t *places, const uint8_t *bits,
                          int rows, const uint8_t *sets, const uint32_t *conditions,
                          uint8_t *masks) {
  __m128i lower[16], upper[16], bit[16];
  const __m128i zero = _mm_setzero_si128(), sign = _mm_set1_epi8((char)0x80);
  for (int i = 0; i < rows / 16; i++) {
    __m128i place = _mm_load_si128((const __m128i *)(places + 16 * i));
    __m128i is_upper = _mm_and_si128(_mm_slli_epi16(place, 3), sign);
    bit[i] = _mm_load_si128((const __m128i *)(bits + 16 * i));
    __m128i is_absent = _mm_cmpeq_epi8(bit[i], zero);
    bit[i] = _mm_sub_epi8(bit[i], is_absent); // 1, which no absent code is found to have
    lower[i] = _mm_or_si128(_mm_or_si128(place, is_upper), is_absent);
    upper[i] = _mm_or_si128(_mm_or_si128(place, _mm_xor_si128(is_upper, sign)), is_absent);
  }
  if (conditions)
    look_up_halves(1, 1, page, lower, upper, bit, rows / 16, sets, conditions, masks);
  else if (page->is_wide)
    look_up_halves(1, 0, page, lower, upper, bit, rows / 16, sets, conditions, masks);
  else
    look_up_halves(0, 0, page, lower, upper, bit, rows / 16, sets, conditions, masks);
}

#include "descend.h"

static void number_sse42(const mask_sse42 *planes, uint32_t count, int rows, uint8_t *numbers) {
  const __m128i byte_of_row = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const __m128i bit_of_row = _mm_set1_epi64x((long long)0x8040201008040201);
  for (int i = 0; i < (rows + 15) / 16; i++) {
    __m128i number = _mm_setzero_si128();
    for (uint32_t bit = 0; bit < count; bit++) {
      __m128i flags = _mm_cvtsi32_si128(((const uint16_t *)&planes[bit])[i]);
      flags = _mm_and_si128(_mm_shuffle_epi8(flags, byte_of_row), bit_of_row);
      flags = _mm_cmpeq_epi8(flags, bit_of_row);
      number = _mm_or_si128(number, _mm_and_si128(flags, _mm_set1_epi8((char)(1 << bit))));
    }
    _mm_store_si128((__m128i *)(numbers + 16 * i), number);
  }
}

static void add_sse42(const struct trees_tree *tree, const double *leaves, int rows,
                      const mask_sse42 *planes, double *sums) {
  _Alignas(64) uint8_t numbers[trees_block_rows];
  number_sse42(planes, tree->leaf_bits, rows, numbers);
  for (int row = 0; row < rows; row++) sums[row] += leaves[numbers[row]];
}

#include "kernel.h"

#pragma clang attribute pop
#endif
