/**
 * A map ordered by its string keys (UTF-16 code units) that forks in constant time: a B+ tree whose
 * nodes are shared between forks and copied when one side first writes to them.
 * `get`, `set`, `delete` and the start of a scan cost O(log n).
 */

const fanoutMax = 64
const fanoutMin = fanoutMax / 2

/** Who may write a node in place. A fork hands new tokens to both sides. */
type Owner = object

interface Leaf<V> {
  owner: Owner
  keys: string[]
  values: V[]
  children?: undefined
}

interface Branch<V> {
  owner: Owner
  /** `keys[i]` is the smallest key below `children[i + 1]`. */
  keys: string[]
  children: Node<V>[]
  values?: undefined
}

type Node<V> = Leaf<V> | Branch<V>

interface Place<V> {
  leaf: Leaf<V>
  index: number
}

export interface ScanOptions {
  /** Smallest key, inclusive. */
  from?: string
  /** Start after this key (before it when `reverse`). */
  after?: string
  /** Largest key, exclusive. */
  before?: string
  /** Only keys that start so. */
  prefix?: string
  /** From the largest key down. */
  reverse?: boolean
}

let lastStamp = 0

function nextStamp(): number {
  lastStamp += 1
  return lastStamp
}

export class OrderedMap<V> {
  #owner: Owner = {}
  #root: Node<V>
  #size: number
  #stamp = 0

  constructor() {
    this.#root = { owner: this.#owner, keys: [], values: [] }
    this.#size = 0
  }

  /** Changes with every write and is never given again; a fork has that of its origin until it is written. */
  get stamp(): number {
    return this.#stamp
  }

  get size(): number {
    return this.#size
  }

  /** An independent copy that shares all nodes until either side writes. Constant time. */
  fork(): OrderedMap<V> {
    const copy = new OrderedMap<V>()
    copy.#root = this.#root
    copy.#size = this.#size
    copy.#stamp = this.#stamp
    this.#owner = {}
    return copy
  }

  get(key: string): V | undefined {
    let node = this.#root
    while (node.children !== undefined) node = at(node.children, upperBound(node.keys, key))
    const index = lowerBound(node.keys, key)
    return node.keys[index] === key ? node.values[index] : undefined
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** Returns what stood there before. */
  set(key: string, value: V): V | undefined {
    this.#stamp = nextStamp()
    this.#root = this.#own(this.#root)
    const before = this.#insert(this.#root, key, value)
    if (before === undefined) this.#size += 1
    if (this.#root.keys.length > fanoutMax) {
      const left = this.#root
      const { key: separator, node: right } = this.#split(left)
      this.#root = { owner: this.#owner, keys: [separator], children: [left, right] }
    }
    return before
  }

  /** Returns what stood there. */
  delete(key: string): V | undefined {
    this.#stamp = nextStamp()
    this.#root = this.#own(this.#root)
    const before = this.#remove(this.#root, key)
    if (before !== undefined) this.#size -= 1
    const { children } = this.#root
    if (children !== undefined && children.length === 1) this.#root = at(children, 0)
    return before
  }

  firstKey(): string | undefined {
    let node = this.#root
    while (node.children !== undefined) node = at(node.children, 0)
    return node.keys[0]
  }

  /**
   * Entries in key order. Safe against changes while it runs: after each one it goes on from the last key it
   * gave, with what is there then.
   */
  *scan(options: ScanOptions = {}): Generator<[string, V], void, undefined> {
    const { prefix = '', after, reverse = false } = options
    const floor = larger(options.from, prefix)
    const end = prefix === '' ? options.before : smaller(options.before, prefixEnd(prefix))
    if (reverse) yield* this.#scanDown(smaller(after, end), floor)
    else if (after === undefined || after < floor) yield* this.#scanUp(floor, false, end)
    else yield* this.#scanUp(after, true, end)
  }

  *#scanUp(
    start: string,
    afterStart: boolean,
    end: string | undefined,
  ): Generator<[string, V], void, undefined> {
    let from = start
    let exclusive = afterStart
    for (;;) {
      const place = this.#placeFrom(from, exclusive)
      if (place === undefined) return
      const { leaf } = place
      const stamp = this.#stamp
      for (let i = place.index; i < leaf.keys.length && stamp === this.#stamp; i += 1) {
        const key = at(leaf.keys, i)
        if (end !== undefined && key >= end) return
        from = key
        exclusive = true
        yield [key, at(leaf.values, i)]
      }
    }
  }

  *#scanDown(before: string | undefined, floor: string): Generator<[string, V], void, undefined> {
    let end = before
    for (;;) {
      const place = this.#placeBefore(end)
      if (place === undefined) return
      const { leaf } = place
      const stamp = this.#stamp
      for (let i = place.index; i >= 0 && stamp === this.#stamp; i -= 1) {
        const key = at(leaf.keys, i)
        if (key < floor) return
        end = key
        yield [key, at(leaf.values, i)]
      }
    }
  }

  /** Where the first key at or past `from` stands (past it when `exclusive`). */
  #placeFrom(from: string, exclusive: boolean): Place<V> | undefined {
    let node = this.#root
    const path: { branch: Branch<V>; index: number }[] = []
    while (node.children !== undefined) {
      const index = upperBound(node.keys, from)
      path.push({ branch: node, index })
      node = at(node.children, index)
    }
    let index = exclusive ? upperBound(node.keys, from) : lowerBound(node.keys, from)
    while (index >= node.keys.length) {
      const step = path.findLast((step) => step.index + 1 < step.branch.children.length)
      if (step === undefined) return undefined
      path.length = path.indexOf(step)
      path.push({ branch: step.branch, index: step.index + 1 })
      node = at(step.branch.children, step.index + 1)
      while (node.children !== undefined) {
        path.push({ branch: node, index: 0 })
        node = at(node.children, 0)
      }
      index = 0
    }
    return { leaf: node, index }
  }

  /** Where the last key before `end` stands; without `end`, the last of all. */
  #placeBefore(end: string | undefined): Place<V> | undefined {
    let node = this.#root
    const path: { branch: Branch<V>; index: number }[] = []
    while (node.children !== undefined) {
      const index = end === undefined ? node.children.length - 1 : lowerBound(node.keys, end)
      path.push({ branch: node, index })
      node = at(node.children, index)
    }
    let stop = end === undefined ? node.keys.length : lowerBound(node.keys, end)
    while (stop === 0) {
      const step = path.findLast(({ index }) => index > 0)
      if (step === undefined) return undefined
      path.length = path.indexOf(step)
      path.push({ branch: step.branch, index: step.index - 1 })
      node = at(step.branch.children, step.index - 1)
      while (node.children !== undefined) {
        path.push({ branch: node, index: node.children.length - 1 })
        node = at(node.children, node.children.length - 1)
      }
      stop = node.keys.length
    }
    return { leaf: node, index: stop - 1 }
  }

  #own(node: Node<V>): Node<V> {
    if (node.owner === this.#owner) return node
    return node.children === undefined
      ? { owner: this.#owner, keys: node.keys.slice(), values: node.values.slice() }
      : { owner: this.#owner, keys: node.keys.slice(), children: node.children.slice() }
  }

  /** `node` is owned. */
  #insert(node: Node<V>, key: string, value: V): V | undefined {
    if (node.children === undefined) {
      const index = lowerBound(node.keys, key)
      if (node.keys[index] === key) {
        const before = node.values[index]
        node.values[index] = value
        return before
      }
      if (index === node.keys.length) {
        node.keys.push(key)
        node.values.push(value)
      } else {
        node.keys.splice(index, 0, key)
        node.values.splice(index, 0, value)
      }
      return undefined
    }
    const index = upperBound(node.keys, key)
    const child = this.#own(at(node.children, index))
    node.children[index] = child
    const before = this.#insert(child, key, value)
    if (child.keys.length > fanoutMax) {
      const split = this.#split(child)
      node.keys.splice(index, 0, split.key)
      node.children.splice(index + 1, 0, split.node)
    }
    return before
  }

  /** Moves the upper part of an owned node into a new one. Appending keeps the left part full. */
  #split(node: Node<V>): { key: string; node: Node<V> } {
    const middle = fanoutMin
    if (node.children === undefined) {
      const right: Leaf<V> = {
        owner: this.#owner,
        keys: node.keys.splice(middle),
        values: node.values.splice(middle),
      }
      return { key: at(right.keys, 0), node: right }
    }
    const keys = node.keys.splice(middle)
    const separator = at(keys, 0)
    const right: Branch<V> = {
      owner: this.#owner,
      keys: keys.slice(1),
      children: node.children.splice(middle + 1),
    }
    return { key: separator, node: right }
  }

  /** `node` is owned. Empty leaves are dropped; others may run thin, which costs no correctness. */
  #remove(node: Node<V>, key: string): V | undefined {
    if (node.children === undefined) {
      const index = lowerBound(node.keys, key)
      if (node.keys[index] !== key) return undefined
      node.keys.splice(index, 1)
      return node.values.splice(index, 1)[0]
    }
    const index = upperBound(node.keys, key)
    const child = this.#own(at(node.children, index))
    node.children[index] = child
    const before = this.#remove(child, key)
    const empty =
      child.children === undefined ? child.keys.length === 0 : child.children.length === 0
    if (empty && node.children.length > 1) {
      node.children.splice(index, 1)
      node.keys.splice(index === 0 ? 0 : index - 1, 1)
    } else if (child.children?.length === 1) {
      node.children[index] = at(child.children, 0)
    }
    return before
  }
}

/** The smallest string above all that start with `prefix`; undefined when there is none. */
export function prefixEnd(prefix: string): string | undefined {
  for (let end = prefix.length; end > 0; end -= 1) {
    const code = prefix.charCodeAt(end - 1)
    if (code < 0xffff) return prefix.slice(0, end - 1) + String.fromCharCode(code + 1)
  }
  return undefined
}

function at<T>(items: readonly T[], index: number): T {
  // The callers compute the index from the array itself.
  return items[index] as T
}

/** Index of the first key >= `key`. What is written is mostly past the last key: that is tried first. */
function lowerBound(keys: readonly string[], key: string): number {
  if (keys.length > 0 && at(keys, keys.length - 1) < key) return keys.length
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(keys, middle) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the first key > `key`: in a branch, the child that holds `key`. */
function upperBound(keys: readonly string[], key: string): number {
  if (keys.length > 0 && at(keys, keys.length - 1) <= key) return keys.length
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(keys, middle) <= key) low = middle + 1
    else high = middle
  }
  return low
}

function larger(a: string | undefined, b: string): string {
  return a !== undefined && a > b ? a : b
}

function smaller(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined) return b
  return b !== undefined && b < a ? b : a
}
