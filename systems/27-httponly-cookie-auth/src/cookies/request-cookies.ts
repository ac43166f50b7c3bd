/**
 * The value of the cookie of exactly this name. Undefined where there is none, and where there are several: which of two
 * is the browser's own and which somebody's who could plant one, nobody can tell.
 */
export function cookieOf(cookies: readonly string[] | undefined, name: string): string | undefined {
  const values = (cookies ?? []).flatMap((cookie) => {
    const at = cookie.indexOf('=')
    return at !== -1 && cookie.slice(0, at).trim() === name ? [cookie.slice(at + 1).trim()] : []
  })
  return values.length === 1 ? values[0] : undefined
}
