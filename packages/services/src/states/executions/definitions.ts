import type { BlobRef, Blobs } from '@cloud-orrery/kernel'
import { type Definition, processorOf, type State, type StatesBlock } from '../asl/definition.ts'
import { newParsedTexts, type ParsedTexts } from '../asl/surroundings.ts'
import type { BlockStep } from './threads.ts'

/** A definition read once, with the paths and expressions in it that were met so far. */
export interface LoadedDefinition {
  readonly definition: Definition
  readonly parsed: ParsedTexts
}

/** Bodies never change, so what was read from one stays true for as long as it is in memory. */
const loaded = new WeakMap<Uint8Array, LoadedDefinition>()

export function loadDefinition(blobs: Blobs, ref: BlobRef): LoadedDefinition {
  const body = blobs.get(ref)
  let known = loaded.get(body)
  if (known === undefined) {
    // StartExecution is given only texts that were found valid.
    const definition = JSON.parse(Buffer.from(body).toString()) as Definition
    known = { definition, parsed: newParsedTexts() }
    loaded.set(body, known)
  }
  return known
}

/** The block of states at the end of a path from the definition. */
export function blockAt(definition: Definition, path: readonly BlockStep[]): StatesBlock {
  let block: StatesBlock = definition
  for (const { state: name, branch } of path) {
    const state = stateIn(block, name)
    const inner = state.Type === 'Parallel' ? state.Branches?.[branch] : processorOf(state)
    if (inner === undefined) throw new TypeError(`no branch ${branch} in ${name}`)
    block = inner
  }
  return block
}

export function stateIn(block: StatesBlock, name: string): State {
  const state = block.States[name]
  if (state === undefined) throw new TypeError(`no state ${name}`)
  return state
}
