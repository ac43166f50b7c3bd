/** The present second, in ms: IAM and STS tell and keep times in whole seconds. */
export function thisSecond(ctx: { now(): number }): number {
  const ms = ctx.now()
  return ms - (ms % 1000)
}
