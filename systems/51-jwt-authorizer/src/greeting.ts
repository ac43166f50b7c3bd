/** An answer in payload format 2.0 whose body is a JSON string. */
export function greeting(words: string) {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(words),
  }
}
