// What the kernels have in common and no instruction set matters to.
#pragma once
#include <math.h>
#include <string.h>

#include "CTrees.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// Views of a call's scratch bytes. Vectors are stored to most of them: each begins at a multiple of
// 64 bytes.
struct work {
  uint8_t *masks;   // 32 bytes a condition; for a single row one byte a condition
  uint8_t *reached; // 32 bytes a node or leaf of the tree at hand
  double *sums;     // 256 a head
  double *values;   // one a tree, of a single row
};

struct work trees_work(const struct trees_model *model, void *scratch);

// Rows of one block, from `first` on.
struct block {
  const struct trees_rows *rows;
  size_t first;
  int count;
};

// The value of a column in a row of the block, as a double holds all.
ALWAYS_INLINE double trees_cell(const struct trees_model *model, const struct trees_rows *rows,
                                size_t row, uint32_t column) {
  size_t cell = row * model->columns + column;
  return rows->floats ? (double)rows->floats[cell] : rows->doubles[cell];
}

// The category code of a value; -1 where it is none. NaN is none.
ALWAYS_INLINE int32_t trees_code(const struct trees_model *model, double value) {
  return value > (double)model->code_above && value < 2147483648.0 ? (int32_t)value : -1;
}

ALWAYS_INLINE int trees_is_nan_above(const struct trees_numeric *group) {
  return group->missing == trees_nan_right || group->missing == trees_zero_right;
}

// A value to compare, or NaN where it counts as missing. Thresholds have been put where they need
// not know which values are read as zero.
ALWAYS_INLINE float trees_ordered(const struct trees_model *model,
                                  const struct trees_numeric *group, float value) {
  switch (group->missing) {
  case trees_nan_as_zero: return value != value ? 0 : value;
  case trees_zero_right:
  case trees_zero_left: return fabsf(value) <= model->zero_max ? NAN : value;
  default: return value;
  }
}

// How many thresholds of a group are below a double.
uint32_t trees_rank_double(const struct trees_model *model, const struct trees_numeric *group,
                           double value);

// What ways to answer numeric conditions cost, about, in cycles: to search the rank of one value, and
// to write one condition's mask from all ranks.
enum { trees_rank_cost = 14, trees_spread_cost = 3 };

// The bits of a code, one a condition; null where the code is in no set.
const uint64_t *trees_code_sets(const struct trees_model *model,
                                const struct trees_categories *group, int32_t code);
