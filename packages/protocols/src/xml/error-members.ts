import type { AwsError, Shape } from '@cloud-orrery/models'
import { outsideBody } from '../rest/response-bindings.ts'
import type { TextWriting } from '../text-values.ts'
import { escapeXml, writeXmlMembers, xmlElement } from './xml-writer.ts'

/** An error's further members as elements: by its shape, else each as text. */
export function errorMembers(
  error: AwsError,
  shape: Shape | undefined,
  writing: TextWriting,
): string {
  const { fields } = error
  let xml =
    shape === undefined ? '' : writeXmlMembers(withoutMessage(fields), shape, writing, outsideBody)
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue
    if (shape?.members !== undefined && Object.hasOwn(shape.members, name)) continue
    xml += xmlElement(name, '', escapeXml(String(value)))
  }
  return xml
}

/** The message has its own element already. */
function withoutMessage(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { message: _lower, Message: _upper, ...rest } = fields
  return rest
}
