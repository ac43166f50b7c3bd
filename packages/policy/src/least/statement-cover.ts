import type { ConditionElement } from '../document.ts'

/** One action on one resource pattern, under one condition. */
export interface Grant {
  readonly action: string
  readonly pattern: string
  readonly condition: ConditionElement | undefined
}

/** A statement of a cover: all its actions on all its patterns. */
export interface CoverStatement {
  readonly actions: readonly string[]
  readonly patterns: readonly string[]
  readonly condition: ConditionElement | undefined
}

/**
 * Few statements that give exactly the grants, each action on each pattern of a statement among them. None
 * of the statements, and no action or pattern within one, could go without losing a grant. Sorted, and the
 * same for the same grants in any order.
 */
export function coverGrants(grants: readonly Grant[]): readonly CoverStatement[] {
  const groups = new Map<string, Grant[]>()
  for (const grant of grants) {
    const key = JSON.stringify(grant.condition ?? null)
    groups.set(key, [...(groups.get(key) ?? []), grant])
  }
  const statements = [...groups.values()].flatMap((group) => coverGroup(group))
  return statements.sort((a, b) => compareTexts(sortText(a), sortText(b)))
}

/** Actions and patterns by their place in sorted lists; which of them go together. */
interface Table {
  readonly actions: readonly string[]
  readonly patterns: readonly string[]
  readonly has: (action: number, pattern: number) => boolean
}

interface Block {
  readonly actions: ReadonlySet<number>
  readonly patterns: ReadonlySet<number>
}

function coverGroup(grants: readonly Grant[]): readonly CoverStatement[] {
  const table = tableOf(grants)
  const chosen = pruned(greedyCover(table, candidateBlocks(table)))
  const condition = grants[0]?.condition
  return chosen.map((block) => ({
    actions: [...block.actions].map((i) => table.actions[i] ?? '').sort(compareTexts),
    patterns: [...block.patterns].map((i) => table.patterns[i] ?? '').sort(compareTexts),
    condition,
  }))
}

function tableOf(grants: readonly Grant[]): Table {
  const actions = [...new Set(grants.map(({ action }) => action))].sort(compareTexts)
  const patterns = [...new Set(grants.map(({ pattern }) => pattern))].sort(compareTexts)
  const cells = new Set(grants.map(({ action, pattern }) => `${action} ${pattern}`))
  const has = (action: number, pattern: number) =>
    cells.has(`${actions[action]} ${patterns[pattern]}`)
  return { actions, patterns, has }
}

/** Full blocks that cannot grow: one grown from each action, and one from each pattern. */
function candidateBlocks(table: Table): readonly Block[] {
  const blocks = new Map<string, Block>()
  const add = (patterns: readonly number[]): void => {
    const actions = indices(table.actions).filter((a) => patterns.every((p) => table.has(a, p)))
    const all = indices(table.patterns).filter((p) => actions.every((a) => table.has(a, p)))
    const key = `${actions.join()}|${all.join()}`
    blocks.set(key, { actions: new Set(actions), patterns: new Set(all) })
  }
  for (const a of indices(table.actions))
    add(indices(table.patterns).filter((p) => table.has(a, p)))
  for (const p of indices(table.patterns)) add([p])
  return [...blocks.values()]
}

/** Takes the block that covers most of what is left, again and again. Equals: the first one. */
function greedyCover(table: Table, candidates: readonly Block[]): readonly Block[] {
  const open = new Set<string>()
  for (const a of indices(table.actions)) {
    for (const p of indices(table.patterns)) if (table.has(a, p)) open.add(`${a},${p}`)
  }
  const chosen: Block[] = []
  while (open.size > 0) {
    let best: Block | undefined
    let bestGain = 0
    for (const block of candidates) {
      const gain = cellsOf(block).filter((cell) => open.has(cell)).length
      if (gain > bestGain) [best, bestGain] = [block, gain]
    }
    if (best === undefined) break
    chosen.push(best)
    for (const cell of cellsOf(best)) open.delete(cell)
  }
  return chosen
}

/** Takes out whole blocks, then actions, then patterns, that the others cover as well. */
function pruned(blocks: readonly Block[]): readonly Block[] {
  let kept = [...blocks]
  for (const block of [...kept].reverse()) {
    const others = kept.filter((other) => other !== block)
    if (coversAll(others, cellsOf(block))) kept = others
  }
  for (let i = 0; i < kept.length; i += 1) {
    const others = kept.filter((_, j) => j !== i)
    let block = kept[i]
    if (block === undefined) continue
    for (const a of block.actions) {
      const row = [...block.patterns].map((p) => `${a},${p}`)
      if (coversAll(others, row)) block = { ...block, actions: without(block.actions, a) }
    }
    for (const p of block.patterns) {
      const column = [...block.actions].map((a) => `${a},${p}`)
      if (coversAll(others, column)) block = { ...block, patterns: without(block.patterns, p) }
    }
    kept[i] = block
  }
  return kept.filter(({ actions, patterns }) => actions.size > 0 && patterns.size > 0)
}

function coversAll(blocks: readonly Block[], cells: readonly string[]): boolean {
  const covered = new Set(blocks.flatMap(cellsOf))
  return cells.every((cell) => covered.has(cell))
}

function cellsOf({ actions, patterns }: Block): readonly string[] {
  return [...actions].flatMap((a) => [...patterns].map((p) => `${a},${p}`))
}

function without(set: ReadonlySet<number>, member: number): ReadonlySet<number> {
  return new Set([...set].filter((other) => other !== member))
}

function indices(list: readonly unknown[]): readonly number[] {
  return list.map((_, i) => i)
}

function sortText({ actions, patterns, condition }: CoverStatement): string {
  return `${actions.join()} ${patterns.join()} ${JSON.stringify(condition ?? null)}`
}

/** By code units, in every language of the machine the same. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
