import { validationError } from '../errors.ts'
import { isList, isObject, type Json } from './json.ts'
import type { Template } from './template.ts'

/** Source: CloudFormation user guide, "SSM secure string parameter", of the types that the model has. */
const secureProperties = new Set(['AWS::IAM::User/Properties/LoginProfile/Password'])

/** Refuses dynamic references to secure parameters where CloudFormation resolves none. */
export function checkSecretReferences(template: Template): void {
  const wrong: string[] = []
  for (const { type, properties } of Object.values(template.resources)) {
    for (const { path, text } of texts(properties, `${type}/Properties`)) {
      if (text.includes('{{resolve:ssm-secure:') && !secureProperties.has(path)) wrong.push(path)
    }
  }
  if (wrong.length > 0) {
    throw validationError(`SSM Secure reference is not supported in: [${wrong.join(',')}]`)
  }
}

function* texts(value: Json, path: string): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value }
  else if (isList(value)) for (const item of value) yield* texts(item, path)
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      // Functions are no part of the property's path.
      yield* texts(item, key === 'Ref' || key.startsWith('Fn::') ? path : `${path}/${key}`)
    }
  }
}
