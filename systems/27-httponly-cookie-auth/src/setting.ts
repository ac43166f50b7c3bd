/** A setting that the stack gives to the function. Throws where it is missing, so that no request meets a guess. */
export function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`the environment lacks ${name}`)
  return value
}
