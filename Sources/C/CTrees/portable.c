// Vectors of the compiler's own, for any processor.
#include "work.h"

#define NAMED(name) name##_portable

typedef uint64_t mask_portable __attribute__((vector_size(32)));
typedef float sixteen_floats __attribute__((vector_size(64), aligned(4)));
typedef int32_t sixteen_flags __attribute__((vector_size(64)));
typedef _Bool sixteen_bits __attribute__((ext_vector_type(16)));

enum { compare_cost_portable = 12 };

ALWAYS_INLINE uint32_t below_portable(const float *thresholds, float value, const int nan_too) {
  sixteen_flags is_below = *(const sixteen_floats *)thresholds < value;
  int32_t count = 0;
  for (int i = 0; i < trees_fan; i++) count -= is_below[i];
  return nan_too && value != value ? trees_fan : (uint32_t)count;
}

static void compare_portable(const float *column, int vectors, const float *thresholds,
                             uint32_t count, uint8_t *masks) {
  for (uint32_t i = 0; i < count; i++, masks += trees_mask_bytes)
    for (int j = 0; j < vectors; j++) {
      sixteen_flags is_left = ((const sixteen_floats *)column)[j] <= thresholds[i];
      sixteen_bits bits = __builtin_convertvector(is_left, sixteen_bits);
      memcpy(masks + 2 * j, &bits, 2);
    }
}

// There is no portable look-up in a vector. A block has few codes of a page, so the rows of each are
// put together once, and a set has the rows of its codes.
static void look_up_portable(const struct trees_page *page, const uint8_t *places,
                             const uint8_t *bits, int rows, const uint8_t *sets,
                             const uint32_t *conditions, uint8_t *masks) {
  uint64_t rows_of[trees_page_codes][4];
  uint8_t code_places[trees_page_codes], shifts[trees_page_codes];
  int codes = 0;
  int16_t known[trees_page_codes];
  memset(known, 0xFF, sizeof known);
  for (int row = 0; row < rows; row++) {
    if (bits[row] == 0) continue;
    int shift = __builtin_ctz(bits[row]), code = places[row] << 3 | shift;
    if (known[code] < 0) {
      known[code] = (int16_t)codes;
      code_places[codes] = places[row];
      shifts[codes] = (uint8_t)shift;
      memset(rows_of[codes++], 0, sizeof rows_of[0]);
    }
    rows_of[known[code]][row / 64] |= (uint64_t)1 << (row % 64);
  }
  for (uint32_t i = 0; i < page->count; i++, sets += trees_page_bytes) {
    mask_portable found = {};
    for (int code = 0; code < codes; code++) {
      mask_portable having;
      memcpy(&having, rows_of[code], sizeof having);
      found |= having & -(uint64_t)(sets[code_places[code]] >> shifts[code] & 1);
    }
    mask_portable *mask = (mask_portable *)masks + (conditions ? conditions[i] : i);
    *mask = conditions ? *mask | found : found;
  }
}

#include "descend.h"

// Eight rows at a time: a byte of each plane becomes bit `bit` of eight bytes.
static void number_portable(const mask_portable *planes, uint32_t count, int rows,
                            uint8_t *numbers) {
  for (int row = 0; row < rows; row += 8) {
    uint64_t eight = 0;
    for (uint32_t bit = 0; bit < count; bit++) {
      uint64_t flags = ((const uint8_t *)&planes[bit])[row / 8];
      uint64_t spread = flags * 0x0101010101010101 & 0x8040201008040201;
      eight |= ((spread + 0x7F7F7F7F7F7F7F7F) >> 7 & 0x0101010101010101) << bit;
    }
    memcpy(numbers + row, &eight, sizeof eight);
  }
}

static void add_portable(const struct trees_tree *tree, const double *leaves, int rows,
                         const mask_portable *planes, double *sums) {
  _Alignas(64) uint8_t numbers[trees_block_rows];
  number_portable(planes, tree->leaf_bits, rows, numbers);
  for (int row = 0; row < rows; row++) sums[row] += leaves[numbers[row]];
}

#include "kernel.h"
