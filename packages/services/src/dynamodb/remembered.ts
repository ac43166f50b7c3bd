/** What reading an input gives, kept as long as the input: it is asked for by the authorisation and by the work. */
export function remembered<I extends object, T>(read: (input: I) => T): (input: I) => T {
  const known = new WeakMap<I, { readonly value: T }>()
  return (input) => {
    let cell = known.get(input)
    if (cell === undefined) {
      cell = { value: read(input) }
      known.set(input, cell)
    }
    return cell.value
  }
}
