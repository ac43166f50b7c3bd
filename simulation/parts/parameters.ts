import {
  DeleteParameter,
  GetParameter,
  GetParameterHistory,
  GetParametersByPath,
  PutParameter,
} from '@cloud-orrery/models/ssm'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'

interface Kept {
  readonly value: string
  readonly version: number
}

/** Parameters, plain and encrypted: the last value that was taken is read, under its version. */
export class Parameters implements Part {
  readonly name = 'parameters'
  readonly #world: World
  readonly #kept = new Map<string, Kept>()

  constructor(world: World) {
    this.#world = world
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'parameters.put': (draw) => this.#put(draw),
    'parameters.putMore': (draw) => this.#put(draw),
    'parameters.get': (draw) => this.#get(nameOf(draw)),
    'parameters.list': (draw) => this.#list(draw.int(1, 10)),
    'parameters.delete': (draw) => this.#delete(draw),
  }

  async #put(draw: Draw): Promise<string> {
    const Name = nameOf(draw)
    const Value = this.#world.token('value')
    const Overwrite = draw.chance(0.7)
    const known = this.#kept.get(Name)
    const { output, refusal } = await this.#world.attempt(
      PutParameter,
      { Name, Value, Type: isSecret(Name) ? 'SecureString' : 'String', Overwrite },
      { refusals: known !== undefined && !Overwrite ? ['ParameterAlreadyExists'] : [] },
    )
    if (output !== undefined) {
      const version = (known?.version ?? 0) + 1
      holds(output.Version === version, 'version', () => `${Name}: ${output.Version}, ${version}`)
      holds(known === undefined || Overwrite, 'overwriting', () => `${Name} was there`)
      this.#kept.set(Name, { value: Value, version })
    }
    return `put ${Name}: ${refusal ?? 'put'}`
  }

  async #get(Name: string): Promise<string> {
    const known = this.#kept.get(Name)
    const { output, refusal } = await this.#world.attempt(
      GetParameter,
      { Name, WithDecryption: true },
      { refusals: known === undefined ? ['ParameterNotFound'] : [] },
    )
    if (output === undefined) return `get ${Name}: ${refusal}`
    const { Value, Version } = output.Parameter ?? {}
    holds(
      Value === known?.value && Version === known?.version,
      'value of a parameter',
      () => `${Name} is ${Value} (${Version}), not ${known?.value} (${known?.version})`,
    )
    return `get ${Name}: as it was put`
  }

  async #list(MaxResults: number): Promise<string> {
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const { output, refusal } = await this.#world.attempt(GetParametersByPath, {
        Path: '/simulation',
        Recursive: true,
        WithDecryption: true,
        MaxResults,
        ...(NextToken === undefined ? {} : { NextToken }),
      })
      if (output === undefined) return `list parameters: ${refusal}`
      found.push(...(output.Parameters ?? []).map(({ Name, Value }) => `${Name}=${Value}`))
      NextToken = output.NextToken
    } while (NextToken !== undefined)
    const expected = [...this.#kept].map(([name, { value }]) => `${name}=${value}`).sort()
    holds(String(found.sort()) === String(expected), 'list of parameters', () => `${found}`)
    return `list parameters: ${found.length}`
  }

  async #delete(draw: Draw): Promise<string> {
    const Name = nameOf(draw)
    const refusals = this.#kept.has(Name) ? [] : ['ParameterNotFound']
    const { output, refusal } = await this.#world.attempt(DeleteParameter, { Name }, { refusals })
    if (output !== undefined) this.#kept.delete(Name)
    return `delete ${Name}: ${refusal ?? 'deleted'}`
  }

  async end(): Promise<void> {
    await this.#list(3)
    for (const [Name, { version }] of this.#kept) {
      await this.#get(Name)
      const { Parameters: history = [] } = await this.#world.done(GetParameterHistory, { Name })
      const versions = history.map(({ Version }) => Version)
      const expected = Array.from({ length: version }, (_, i) => i + 1)
      holds(String(versions) === String(expected), 'history', () => `${Name}: ${versions}`)
    }
  }
}

function nameOf(draw: Draw): string {
  return `/simulation/${draw.pick(['plain', 'secret'])}/${draw.int(0, 7)}`
}

function isSecret(name: string): boolean {
  return name.includes('/secret/')
}
