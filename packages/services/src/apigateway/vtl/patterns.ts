import { TemplateError } from './ast.ts'

/** Steps that matching may take, by its worst case. */
const stepsMax = 100_000_000

/**
 * A regular expression of a template's. Only such as can not hold the cloud up: groups are not repeated, nothing looks
 * around or back, and open repetitions are few where the text is long.
 */
export function javaPattern(source: string, flags: string, textLength: number): RegExp {
  const bare = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
  const open = bare.match(/[*+]|\{\d*,\}/g)?.length ?? 0
  const isRepeatedGroup = /\)(?:[*+]|\{)/.test(bare)
  const looks = /\(\?(?!:)/.test(bare) || /\\[1-9]/.test(source)
  if (
    isRepeatedGroup ||
    looks ||
    (textLength + 1) ** (open + 1) > stepsMax * (open < 2 ? 1e9 : 1)
  ) {
    throw new TemplateError(`Orrery does not take the regular expression ${source}`)
  }
  try {
    return new RegExp(source, flags)
  } catch {
    throw new TemplateError(`${source} is no regular expression`)
  }
}
