/** What the operator may change, as the function reads it from its environment. */
export const settings: Readonly<Record<string, string>> = {
  /** Seconds that codes live. */
  CODE_EXPIRATION: '1800',
  /** Alphabets: `#` digits; `a`, `A` letters; `b`, `B` consonants; `!` specials. */
  DEVICE_CODE_FORMAT: '#aA',
  DEVICE_CODE_LENGTH: '64',
  USER_CODE_FORMAT: '#B',
  USER_CODE_LENGTH: '8',
  /** Seconds between two questions of a device. */
  POLLING_INTERVAL: '5',
  /** Any of ID, ACCESS, REFRESH, joined by `+`. */
  RESULT_TOKEN_SET: 'ACCESS+REFRESH',
  /** Codes that a person may type in vain while one of them would live. */
  GUESSES_MAX: '10',
}
