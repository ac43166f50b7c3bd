/** A variable of the function's environment, which its stack sets. Throws where it is missing. */
export function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`The environment has no ${name}.`)
  return value
}
