import type { Member, OperationModel, Shape } from '@cloud-orrery/models'

/**
 * An input as an old client's form writes it: `SendMessageBatchRequestEntry.1.Id=a`. Written from Smithy's AWS
 * query protocol, apart from the decoder that it tries.
 */
export function queryForm(operation: OperationModel, version: string, input: object): string {
  const form = new URLSearchParams({ Action: operation.name, Version: version })
  write(form, '', operation.input, input)
  return form.toString()
}

function write(form: URLSearchParams, prefix: string, shape: Shape, value: unknown): void {
  if (value === undefined || value === null) return
  if (shape.members !== undefined) {
    for (const member of Object.values(shape.members)) {
      const it = (value as Record<string, unknown>)[member.name] // Structures are records.
      const name = member.xmlName ?? member.name
      writeMember(form, prefix === '' ? name : `${prefix}.${name}`, member, it)
    }
  } else form.append(prefix, textOf(value))
}

function writeMember(form: URLSearchParams, name: string, member: Member, value: unknown): void {
  if (value === undefined) return
  const { shape, xmlFlattened } = member
  if (shape.type === 'list' && shape.member !== undefined && Array.isArray(value)) {
    const { member: element } = shape
    const within = xmlFlattened === true ? name : `${name}.${element.xmlName ?? 'member'}`
    if (value.length === 0) form.append(name, '')
    value.forEach((it, at) => {
      writeMember(form, `${within}.${at + 1}`, element, it)
    })
  } else if (shape.type === 'map' && shape.key !== undefined && shape.value !== undefined) {
    const { key, value: inner } = shape
    const within = xmlFlattened === true ? name : `${name}.entry`
    Object.entries(value as object).forEach(([entryKey, it], at) => {
      form.append(`${within}.${at + 1}.${key.xmlName ?? 'key'}`, entryKey)
      writeMember(form, `${within}.${at + 1}.${inner.xmlName ?? 'value'}`, inner, it)
    })
  } else write(form, name, shape, value)
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return String(value)
}
