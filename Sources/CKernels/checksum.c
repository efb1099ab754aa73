// CRC-32, eight bytes a step: tables for a byte and for each number of zero bytes behind it.
#include "ck_checksum.h"

#include <pthread.h>
#include <string.h>

#define POLYNOMIAL 0xEDB88320u

// table[k][b] is the check of the byte b with k zero bytes behind it.
static uint32_t table[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? POLYNOMIAL : 0);
    table[0][byte] = value;
  }
  for (int k = 1; k < 8; k++) {
    for (int byte = 0; byte < 256; byte++) {
      uint32_t value = table[k - 1][byte];
      table[k][byte] = value >> 8 ^ table[0][value & 0xFF];
    }
  }
}

uint32_t ck_crc32(uint32_t crc, const void *bytes, size_t count) {
  pthread_once(&once, fill_table);
  const uint8_t *source = bytes;
  uint32_t value = ~crc;
  for (; count >= 8; count -= 8, source += 8) {
    uint32_t low = value ^ ((uint32_t)source[0] | (uint32_t)source[1] << 8 |
                            (uint32_t)source[2] << 16 | (uint32_t)source[3] << 24);
    value = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^
            table[4][low >> 24] ^ table[3][source[4]] ^ table[2][source[5]] ^
            table[1][source[6]] ^ table[0][source[7]];
  }
  for (; count > 0; count--, source++) value = value >> 8 ^ table[0][(value ^ *source) & 0xFF];
  return ~value;
}
