// Included by the files of instruction sets whose widest vectors are a mask or less.

static void NAMED(descend)(const struct trees_node *node, uint32_t count, const uint8_t *answers,
                           uint8_t *reached) {
  uint8_t *children = reached + trees_mask_bytes;
  memset(reached, 0xFF, trees_mask_bytes);
  for (uint32_t i = 0; i < count; i++, children += 2 * trees_mask_bytes) {
    NAMED(mask) rows = *(const NAMED(mask) *)(reached + node[i].rows);
    NAMED(mask) is_left = *(const NAMED(mask) *)(answers + node[i].condition);
    ((NAMED(mask) *)children)[0] = rows & is_left;
    ((NAMED(mask) *)children)[1] = rows & ~is_left;
  }
}
