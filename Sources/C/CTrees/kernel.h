// The code of one instruction set. A file for each includes this, with NAMED(name) giving names of
// its own, and these functions of its own:
//   below    how many of 16 rising thresholds are below a value; of NaN, none or all
//   compare  whether all values of a column are at most each of many thresholds
//   compare_cost  nanoseconds that takes for 16 values and 16 thresholds
//   look_up  whether the codes of all rows are in each of many sets
//   descend  the rows that reach each node and leaf of a tree
//   number   the leaf of every row, from the bits of its number
//   add      each row's leaf value to its sum
// Vectors here are as wide as a mask; the compiler splits what a processor has not.

typedef uint64_t NAMED(mask) __attribute__((vector_size(32)));

// MARK: Numeric conditions

// A value fulfils all conditions of a group from the one with its rank on: as many thresholds are
// below it. NaN is below all or above all, as the group has it.
ALWAYS_INLINE uint32_t NAMED(rank)(const float *search, const struct trees_numeric *group,
                                   const uint32_t levels, const int is_nan_above, float value) {
  uint32_t rank = 0;
  for (uint32_t level = 0; level < levels; level++) {
    const float *thresholds = search + group->level[level] + rank * trees_fan;
    rank = rank * trees_fan + NAMED(below)(thresholds, value, is_nan_above);
  }
  return rank < group->count ? rank : group->count;
}

static uint32_t NAMED(rank_any)(const struct trees_model *model, const struct trees_numeric *group,
                                float value) {
  value = trees_ordered(model, group, value);
  if (value != value) return trees_is_nan_above(group) ? group->count : 0;
  return NAMED(rank)(model->search, group, group->levels, 0, value);
}

// Every row is noted at the first condition that it fulfils; where it fulfils none, at the mask
// after the last, which is written later.
ALWAYS_INLINE void NAMED(note)(uint8_t *masks, uint32_t rank, int row) {
  masks[(size_t)rank * trees_mask_bytes + (size_t)row / 8] |= (uint8_t)(1 << row % 8);
}

ALWAYS_INLINE void NAMED(note_column)(const float *search, const struct trees_numeric *group,
                                      const uint32_t levels, const int is_nan_above,
                                      const float *column, int rows, uint8_t *masks) {
  // Neighbours go to different bytes, so that none waits for the one before to be stored.
  for (int first = 0; first < 8; first++)
    for (int row = first; row < rows; row += 8)
      NAMED(note)(masks, NAMED(rank)(search, group, levels, is_nan_above, column[row]), row);
}

static void NAMED(note_any)(const struct trees_model *model, const struct block *block,
                            const struct trees_numeric *group, uint8_t *masks) {
  for (int row = 0; row < block->count; row++) {
    double value = trees_cell(model, block->rows, block->first + (size_t)row, group->column);
    uint32_t rank = block->rows->doubles ? trees_rank_double(model, group, value)
                                         : NAMED(rank_any)(model, group, (float)value);
    NAMED(note)(masks, rank, row);
  }
}

// The masks of a group, from the rank of each row.
static void NAMED(answer_by_rank)(const struct trees_model *model, const struct block *block,
                                  const struct trees_numeric *group, const float *column,
                                  uint8_t *masks) {
  memset(masks, 0, (size_t)group->count * trees_mask_bytes);
  const float *search = model->search;
  int is_nan_above = trees_is_nan_above(group);
  if (block->rows->doubles || group->levels > 2)
    NAMED(note_any)(model, block, group, masks);
  else if (group->levels == 1 && is_nan_above)
    NAMED(note_column)(search, group, 1, 1, column, block->count, masks);
  else if (group->levels == 1)
    NAMED(note_column)(search, group, 1, 0, column, block->count, masks);
  else if (is_nan_above)
    NAMED(note_column)(search, group, 2, 1, column, block->count, masks);
  else
    NAMED(note_column)(search, group, 2, 0, column, block->count, masks);
  NAMED(mask) fulfilled = {};
  for (uint32_t i = 0; i < group->count; i++) {
    fulfilled |= ((NAMED(mask) *)masks)[i];
    ((NAMED(mask) *)masks)[i] = fulfilled;
  }
}

// Adjoining columns of a block, read together: rows are far apart.
struct NAMED(strip) {
  _Alignas(64) float columns[8][trees_block_rows];
  uint32_t first; // column; a multiple of 8
};

typedef float NAMED(eight) __attribute__((vector_size(32)));
typedef float NAMED(eight_apart) __attribute__((vector_size(32), aligned(4)));

#define SHUFFLED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

// Rows of eight become columns of eight.
ALWAYS_INLINE void NAMED(transpose)(NAMED(eight) rows[8]) {
  NAMED(eight) pairs[8], fours[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = SHUFFLED(rows[i], rows[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    pairs[i + 1] = SHUFFLED(rows[i], rows[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; j++) {
      NAMED(eight) a = pairs[i + j], b = pairs[i + 2 + j];
      fours[i + 2 * j] = SHUFFLED(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
      fours[i + 2 * j + 1] = SHUFFLED(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; i++) {
    rows[i] = SHUFFLED(fours[i], fours[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    rows[i + 4] = SHUFFLED(fours[i], fours[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

#undef SHUFFLED

static void NAMED(load_strip)(const struct trees_model *model, const struct block *block,
                              uint32_t first, struct NAMED(strip) *strip) {
  size_t width = model->columns - first < 8 ? model->columns - first : 8;
  const float *from = block->rows->floats + block->first * model->columns + first;
  strip->first = first;
  int row = 0;
  // Whole rows of whole strips stay in registers: nearly always all but the last few.
  for (; width == 8 && row + 8 <= block->count; row += 8, from += 8 * (size_t)model->columns) {
    NAMED(eight) values[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++)
      values[i] = *(const NAMED(eight_apart) *)(from + (size_t)i * model->columns);
    NAMED(transpose)(values);
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) *(NAMED(eight) *)&strip->columns[i][row] = values[i];
  }
  for (; row < (block->count + 15) / 16 * 16; row += 8) {
    NAMED(eight) values[8] = {};
    for (int i = 0; i < 8 && row + i < block->count; i++, from += model->columns) {
      memcpy(&values[i], from, width * sizeof(float));
    }
    NAMED(transpose)(values);
    for (int i = 0; i < 8; i++) *(NAMED(eight) *)&strip->columns[i][row] = values[i];
  }
}

// A column of the block, whose values need not be looked at beyond its rows.
ALWAYS_INLINE const float *NAMED(column)(const struct trees_model *model,
                                         const struct block *block, uint32_t column,
                                         struct NAMED(strip) *strip) {
  uint32_t place = column % 8;
  if (strip->first != column - place) NAMED(load_strip)(model, block, column - place, strip);
  return strip->columns[place];
}

// The same, as `trees_ordered` has its values.
static void NAMED(copy_column)(const struct trees_model *model, const struct block *block,
                               const struct trees_numeric *group, struct NAMED(strip) *strip,
                               float *column) {
  const float *from = NAMED(column)(model, block, group->column, strip);
  int count = (block->count + 15) / 16 * 16;
  if (group->missing == trees_nan_right || group->missing == trees_nan_left)
    memcpy(column, from, (size_t)count * sizeof(float));
  else if (group->missing == trees_nan_as_zero)
    for (int row = 0; row < count; row++) column[row] = from[row] != from[row] ? 0 : from[row];
  else
    for (int row = 0; row < count; row++) column[row] = trees_ordered(model, group, from[row]);
}

static void NAMED(answer_numeric)(const struct trees_model *model, const struct work *work,
                                  const struct block *block, const struct trees_numeric *group,
                                  struct NAMED(strip) *strip) {
  uint8_t *masks = work->masks + (size_t)group->first * trees_mask_bytes;
  _Alignas(64) float column[trees_block_rows];
  uint32_t vectors = ((uint32_t)block->count + 15) / 16;
  if (block->rows->floats) NAMED(copy_column)(model, block, group, strip, column);
  if (block->rows->doubles ||
      group->count * vectors * NAMED(compare_cost) >
          group->count * trees_spread_cost + (uint32_t)block->count * trees_rank_cost) {
    NAMED(answer_by_rank)(model, block, group, column, masks);
    return;
  }
  if (!trees_is_nan_above(group))
    for (uint32_t row = 0; row < vectors * 16; row++)
      column[row] = column[row] != column[row] ? -INFINITY : column[row];
  const float *thresholds = model->search + group->level[group->levels - 1];
  NAMED(compare)(column, (int)vectors, thresholds, group->count, masks);
}

// MARK: Categories

static void NAMED(add_nan)(const struct trees_model *model, const struct block *block,
                           const struct trees_categories *group, uint8_t *masks) {
  uint64_t is_nan[4] = {};
  for (int row = 0; row < block->count; row++) {
    double value = trees_cell(model, block->rows, block->first + (size_t)row, group->column);
    is_nan[row / 64] |= (uint64_t)(isnan(value) != 0) << (row % 64);
  }
  NAMED(mask) nan;
  memcpy(&nan, is_nan, sizeof nan);
  for (uint32_t i = 0; i < group->count; i++) ((NAMED(mask) *)masks)[i] |= nan;
}

// As `trees_code`, of all rows at once.
static void NAMED(code_column)(const struct trees_model *model, const float *column, int rows,
                               int32_t *codes) {
  const float above = model->code_above;
  for (int row = 0; row < rows; row++)
    codes[row] = column[row] > above && column[row] < 2147483648.0f ? (int32_t)column[row] : -1;
}

static void NAMED(answer_categories)(const struct trees_model *model, const struct work *work,
                                     const struct block *block,
                                     const struct trees_categories *group,
                                     struct NAMED(strip) *strip) {
  _Alignas(64) int32_t codes[trees_block_rows];
  _Alignas(64) uint8_t places[trees_block_rows], bits[trees_block_rows];
  uint8_t *masks = work->masks + (size_t)group->first * trees_mask_bytes;
  int rows = (block->count + 63) / 64 * 64;
  if (block->rows->floats) {
    const float *column = NAMED(column)(model, block, group->column, strip);
    NAMED(code_column)(model, column, block->count, codes);
  } else {
    for (int row = 0; row < block->count; row++)
      codes[row] = trees_code(
          model, trees_cell(model, block->rows, block->first + (size_t)row, group->column));
  }
  for (int row = block->count; row < rows; row++) codes[row] = -1;
  for (uint32_t index = 0; index < group->page_count; index++) {
    const struct trees_page *page = &model->pages[group->first_page + index];
    int is_met = 0;
    for (int row = 0; row < rows; row++) {
      int is_here = codes[row] >> 8 == (int32_t)page->page;
      places[row] = (uint8_t)(codes[row] >> 3 & 31);
      bits[row] = (uint8_t)(is_here << (codes[row] & 7));
      is_met |= is_here;
    }
    if (index > 0 && !is_met) continue;
    NAMED(look_up)(page, places, bits, rows,
                   model->page_sets + (size_t)page->first * trees_page_bytes,
                   index == 0 ? NULL : model->page_conditions + page->first, masks);
  }
  if (group->nan_in_set) NAMED(add_nan)(model, block, group, masks);
}

// MARK: Trees

static void NAMED(unite)(const struct trees_model *model, const struct trees_tree *tree,
                         const uint8_t *reached, NAMED(mask) *planes) {
  const NAMED(mask) *masks = (const NAMED(mask) *)reached;
  for (uint32_t bit = 0; bit < tree->leaf_bits; bit++) {
    const uint32_t *starts = model->plane_starts + tree->first_plane + bit;
    const uint16_t *next = model->plane_masks + starts[0], *end = model->plane_masks + starts[1];
    NAMED(mask) one = {}, other = {};
    for (; next + 1 < end; next += 2) {
      one |= masks[next[0]];
      other |= masks[next[1]];
    }
    if (next < end) one |= masks[*next];
    planes[bit] = one | other;
  }
}

// Few trees have more leaves than a byte can number.
static void NAMED(add_many)(const struct trees_tree *tree, const double *leaves, int rows,
                            const NAMED(mask) *planes, double *sums) {
  _Alignas(64) uint8_t low[trees_block_rows], high[trees_block_rows];
  NAMED(number)(planes, 8, rows, low);
  NAMED(number)(planes + 8, tree->leaf_bits - 8, rows, high);
  for (int row = 0; row < rows; row++) sums[row] += leaves[low[row] | high[row] << 8];
}

static void NAMED(sum_trees)(const struct trees_model *model, const struct work *work, int rows) {
  NAMED(mask) planes[16];
  memset(work->sums, 0, (size_t)model->heads * trees_block_rows * sizeof(double));
  for (uint32_t index = 0; index < model->tree_count; index++) {
    const struct trees_tree *tree = &model->trees[index];
    const double *leaves = model->leaf_values + tree->first_leaf;
    double *sums = work->sums + (size_t)model->tree_heads[index] * trees_block_rows;
    if (tree->node_count == 0) {
      for (int row = 0; row < rows; row++) sums[row] += leaves[0];
      continue;
    }
    // Leaves are looked up out of order, which the processor does not foresee.
    for (uint32_t leaf = 0; leaf < tree->leaf_count; leaf += 8) __builtin_prefetch(leaves + leaf);
    NAMED(descend)(model->nodes + tree->first_node, tree->node_count, work->masks, work->reached);
    NAMED(unite)(model, tree, work->reached, planes);
    if (tree->leaf_bits <= 8)
      NAMED(add)(tree, leaves, rows, planes, sums);
    else
      NAMED(add_many)(tree, leaves, rows, planes, sums);
  }
}

// MARK: Entries

static void NAMED(score_block)(const struct trees_model *model, const struct work *work,
                               const struct block *block, double *scores) {
  struct NAMED(strip) strip;
  strip.first = UINT32_MAX; // none yet
  for (uint32_t i = 0; i < model->numeric_count; i++)
    NAMED(answer_numeric)(model, work, block, &model->numeric[i], &strip);
  for (uint32_t i = 0; i < model->categories_count; i++)
    NAMED(answer_categories)(model, work, block, &model->categories[i], &strip);
  NAMED(sum_trees)(model, work, block->count);
  for (uint32_t head = 0; head < model->heads; head++)
    for (int row = 0; row < block->count; row++)
      scores[(size_t)row * model->heads + head] =
          work->sums[(size_t)head * trees_block_rows + (size_t)row];
}

void NAMED(trees_score_blocks)(const struct trees_model *model, const struct trees_rows *rows,
                               double *scores, void *scratch) {
  struct work work = trees_work(model, scratch);
  for (size_t first = 0; first < rows->count; first += trees_block_rows) {
    size_t left = rows->count - first;
    struct block block = {
        rows, first, (int)(left < trees_block_rows ? left : trees_block_rows)};
    NAMED(score_block)(model, &work, &block, scores + first * model->heads);
  }
}

// MARK: Single rows

typedef uint32_t NAMED(sixteen) __attribute__((vector_size(64)));
typedef uint8_t NAMED(sixteen_bytes) __attribute__((vector_size(16), aligned(1)));

// Writes a byte for each condition, and past the last of them.
static void NAMED(answer_numeric_one)(const struct trees_model *model,
                                      const struct trees_numeric *group,
                                      const struct trees_rows *rows, size_t row,
                                      uint8_t *answers) {
  double value = trees_cell(model, rows, row, group->column);
  uint32_t rank = rows->doubles ? trees_rank_double(model, group, value)
                                : NAMED(rank_any)(model, group, (float)value);
  NAMED(sixteen) numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (uint32_t i = 0; i < group->count; i += 16, numbers += 16)
    *(NAMED(sixteen_bytes) *)(answers + i) =
        __builtin_convertvector(numbers >= rank, NAMED(sixteen_bytes)) & 1;
}

static void NAMED(answer_categories_one)(const struct trees_model *model,
                                         const struct trees_categories *group, double value,
                                         uint8_t *answers) {
  const uint64_t *sets = trees_code_sets(model, group, trees_code(model, value));
  if (!sets) {
    memset(answers, group->nan_in_set && isnan(value), group->count);
    return;
  }
  for (uint32_t i = 0; i < group->count; i += 8) {
    uint64_t bits = sets[i / 64] >> (i % 64) & 0xFF;
    // A copy of the bits in each byte, of which each keeps another one, as 0 or 1.
    uint64_t spread = bits * 0x0101010101010101 & 0x8040201008040201;
    spread = (spread + 0x7F7F7F7F7F7F7F7F) >> 7 & 0x0101010101010101;
    memcpy(answers + i, &spread, sizeof spread);
  }
}

static void NAMED(walk)(const struct trees_model *model, const uint8_t *answers, double *values) {
  const uint64_t *nodes = model->walk_nodes;
  for (uint32_t tree = 0; tree < model->tree_count; tree += trees_walks) {
    uint64_t at[trees_walks], moved;
    for (int i = 0; i < trees_walks; i++) at[i] = model->walk_roots[tree + (uint32_t)i];
    do {
      moved = 0;
#pragma clang loop unroll(full)
      for (int i = 0; i < trees_walks; i++) {
        uint64_t node = nodes[at[i]];
        at[i] = (node >> 32) + answers[(uint32_t)node];
      }
#pragma clang loop unroll(full)
      for (int i = 0; i < trees_walks; i++) {
        uint64_t node = nodes[at[i]], next = (node >> 32) + answers[(uint32_t)node];
        moved |= next ^ at[i];
        at[i] = next;
      }
    } while (moved);
    for (int i = 0; i < trees_walks; i++) values[tree + (uint32_t)i] = model->walk_values[at[i]];
  }
}

static void NAMED(score_one)(const struct trees_model *model, const struct work *work,
                             const struct trees_rows *rows, size_t row, double *scores) {
  uint8_t *answers = work->masks;
  for (uint32_t i = 0; i < model->numeric_count; i++)
    NAMED(answer_numeric_one)(model, &model->numeric[i], rows, row,
                              answers + model->numeric[i].first);
  for (uint32_t i = 0; i < model->categories_count; i++) {
    const struct trees_categories *group = &model->categories[i];
    double value = trees_cell(model, rows, row, group->column);
    NAMED(answer_categories_one)(model, group, value, answers + group->first);
  }
  answers[model->condition_count] = 0;
  NAMED(walk)(model, answers, work->values);
  for (uint32_t head = 0; head < model->heads; head++) scores[head] = 0;
  for (uint32_t tree = 0; tree < model->tree_count; tree++)
    scores[model->tree_heads[tree]] += work->values[tree];
}

void NAMED(trees_score_each)(const struct trees_model *model, const struct trees_rows *rows,
                             double *scores, void *scratch) {
  struct work work = trees_work(model, scratch);
  for (size_t row = 0; row < rows->count; row++)
    NAMED(score_one)(model, &work, rows, row, scores + row * model->heads);
}
