import type {
  StoredMember,
  StoredOperation,
  StoredServiceModel,
  StoredShape,
} from '@cloud-orrery/models'
import { generatedHeader } from './generated-file.ts'

/** Names that would hide a global where they are imported; AWS's own SDK gives them the same prefix. */
const globals = new Set([
  ...[
    'Array',
    'Boolean',
    'Date',
    'Error',
    'Function',
    'Map',
    'Number',
    'Object',
    'Promise',
    'Record',
  ],
  ...['RegExp', 'Request', 'Response', 'Set', 'String', 'Symbol', 'Uint8Array', 'Buffer', 'Event'],
  ...[
    'Partial',
    'Pick',
    'Omit',
    'Readonly',
    'Required',
    'Exclude',
    'Extract',
    'Parameters',
    'BigInt',
  ],
  ...['URL', 'File', 'Blob', 'Iterator', 'Proxy', 'Reflect', 'Intl', 'Math', 'JSON', 'Awaited'],
])
const identifier = /^[A-Za-z_$][\w$]*$/
/** Past this many members a discriminated union is unreadable; one interface says nearly as much. */
const unionMembersMax = 40

/** Text of the files of `packages/models/src/generated/<service>/`, by name. */
export function writeTypes(model: StoredServiceModel): Record<string, string> {
  return new TypeWriter(model).write()
}

/** The exported name of a shape. */
export function typeName(shape: string): string {
  const legal = shape.replaceAll(/[^\w$]/g, '_')
  return globals.has(legal) || !/^[A-Z]/.test(legal) ? `_${legal}` : legal
}

class TypeWriter {
  readonly #model: StoredServiceModel
  readonly #operations: ReadonlySet<string>
  readonly #header: string

  constructor(model: StoredServiceModel) {
    this.#model = model
    this.#operations = new Set(Object.keys(model.operations))
    this.#header = generatedHeader(model.source)
  }

  write(): Record<string, string> {
    // A const and an interface may share a name only inside one file.
    const homes: Record<string, string[]> = { types: [], errors: [], operations: [] }
    for (const [name, shape] of Object.entries(this.#model.shapes)) {
      const text = this.#declaration(name, shape)
      if (text !== undefined) homes[this.#home(name, shape)]?.push(text)
    }
    for (const [name, shape] of Object.entries(this.#model.shapes)) {
      if (shape.error !== undefined) homes['errors']?.push(this.#error(name, shape))
    }
    for (const [name, operation] of Object.entries(this.#model.operations)) {
      homes['operations']?.push(this.#operation(name, operation))
    }
    const texts: Record<string, string> = {}
    for (const [file, declarations] of Object.entries(homes)) {
      const body = declarations.join('\n')
      texts[`${file}.ts`] =
        `${this.#header}${this.#imports(file, body)}\n${body === '' ? 'export {}\n' : body}`
    }
    return texts
  }

  #home(name: string, shape: StoredShape): string {
    if (shape.error !== undefined) return 'errors'
    return this.#operations.has(typeName(name)) ? 'operations' : 'types'
  }

  /** Imports of what a file names and another file declares. */
  #imports(file: string, body: string): string {
    // String literals and keys name no types.
    const types = body.replaceAll(/"[^"\n]*"|'[^'\n]*'|\b[\w$]+\??:/g, '')
    const words = new Set(types.match(/[A-Za-z_$][\w$]*/g))
    const lines: string[] = []
    if (file === 'operations')
      lines.push(`import { operationDescriptor } from '../../descriptor.ts'`)
    if (words.has('errorDescriptor'))
      lines.push(`import { errorDescriptor } from '../../descriptor.ts'`)
    if (words.has('EpochMs')) lines.push(`import type { EpochMs } from '../../values.ts'`)
    const wanted: Record<string, string[]> = {}
    for (const [name, shape] of Object.entries(this.#model.shapes)) {
      const home = this.#home(name, shape)
      if (home === file || !isDeclared(shape) || !words.has(typeName(name))) continue
      const names = wanted[home] ?? []
      names.push(typeName(name))
      wanted[home] = names
    }
    for (const [home, names] of Object.entries(wanted)) {
      lines.push(
        `import type {\n${names.map((it) => `  ${it},`).join('\n')}\n} from './${home}.ts'`,
      )
    }
    return lines.map((line) => `${line}\n`).join('')
  }

  #declaration(name: string, shape: StoredShape): string | undefined {
    const exported = typeName(name)
    if (shape.type === 'enum') {
      const values = (shape.enum ?? []).map((it) => JSON.stringify(it))
      return `export type ${exported} =${values.map((it) => `\n  | ${it}`).join('')}\n  | (string & {})\n`
    }
    if (shape.type === 'union') return this.#union(exported, shape)
    if (shape.type !== 'structure') return undefined
    const members = Object.entries(shape.members ?? {}).map(([it, member]) =>
      this.#member(it, member),
    )
    return `export interface ${exported} {\n${members.join('')}}\n`
  }

  #member(name: string, member: StoredMember): string {
    const key = identifier.test(name) ? name : JSON.stringify(name)
    const type = this.#type(member)
    return member.required === true ? `  ${key}: ${type}\n` : `  ${key}?: ${type} | undefined\n`
  }

  #union(exported: string, shape: StoredShape): string {
    const members = Object.entries(shape.members ?? {})
    if (members.length > unionMembersMax) {
      const lines = members.map(([name, { required, ...it }]) => this.#member(name, it))
      return `/** Exactly one member is set. */\nexport interface ${exported} {\n${lines.join('')}}\n`
    }
    const variants = members.map(([name]) => {
      const lines = members.map(([other, member]) => {
        const key = identifier.test(other) ? other : JSON.stringify(other)
        return other === name ? `${key}: ${this.#type(member)}` : `${key}?: undefined`
      })
      return `  | { ${lines.join('; ')} }`
    })
    return `export type ${exported} =\n${variants.length === 0 ? '  never' : variants.join('\n')}\n`
  }

  #type({ target }: StoredMember): string {
    const shape = this.#model.shapes[target]
    if (shape === undefined) throw new Error(`${this.#model.name}: unknown shape ${target}`)
    switch (shape.type) {
      case 'structure':
      case 'enum':
        return typeName(target)
      case 'union':
        return shape.eventStream === true ? `AsyncIterable<${typeName(target)}>` : typeName(target)
      case 'list':
        return `readonly ${this.#element(shape.member, shape)}[]`
      case 'map':
        return `{ readonly [key: string]: ${this.#sparse(shape.value, shape)} }`
      case 'intEnum':
        return shape.intEnum?.join(' | ') ?? 'number'
      case 'string':
        return 'string'
      case 'boolean':
        return 'boolean'
      case 'blob':
        return 'Uint8Array'
      case 'timestamp':
        return 'EpochMs'
      case 'document':
        return 'unknown'
      default:
        return 'number'
    }
  }

  #sparse(member: StoredMember | undefined, owner: StoredShape): string {
    const type = member === undefined ? 'unknown' : this.#type(member)
    return owner.sparse === true ? `${type} | null` : type
  }

  #element(member: StoredMember | undefined, owner: StoredShape): string {
    const type = this.#sparse(member, owner)
    return /^[\w$]+$/.test(type) ? type : `(${type})`
  }

  #operation(name: string, { input, output }: StoredOperation): string {
    const types = [input, output].map((it) => (it === undefined ? '{}' : typeName(it)))
    const call = `operationDescriptor<${types.join(', ')}>('${this.#model.name}', '${name}')`
    return `export const ${name} = /*#__PURE__*/ ${call}\n`
  }

  #error(name: string, { error }: StoredShape): string {
    if (error === undefined) return ''
    const exported = typeName(name)
    const parts = [JSON.stringify(name), String(error.status), JSON.stringify(error.fault)]
    if (error.queryCode !== undefined) {
      const status = error.queryStatus ?? error.status
      parts.push(`{ code: ${JSON.stringify(error.queryCode)}, status: ${status} }`)
    }
    return `export const ${exported} = /*#__PURE__*/ errorDescriptor<${exported}>(${parts.join(', ')})\n`
  }
}

function isDeclared({ type }: StoredShape): boolean {
  return type === 'structure' || type === 'union' || type === 'enum'
}
