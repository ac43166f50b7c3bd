import type { AwsError, Violation } from '@cloud-orrery/models'
import { loadServiceModel, validationMessage } from '@cloud-orrery/models'
import { validation } from './errors.ts'

/** Enums whose values AWS tells in another order than its model. Recorded: apigateway. */
const orders: readonly (readonly [values: readonly string[], told: string])[] = [
  [
    ['add', 'remove', 'replace', 'move', 'copy', 'test'],
    '[add, remove, move, test, replace, copy]',
  ],
  [['REGIONAL', 'EDGE', 'PRIVATE'], '[PRIVATE, EDGE, REGIONAL]'],
  [
    ['API', 'AUTHORIZER', 'MODEL'],
    '[RESPONSE_BODY, RESPONSE, METHOD, MODEL, AUTHORIZER, RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, REQUEST_BODY, QUERY_PARAMETER, API, REQUEST_HEADER]',
  ],
  [
    ['DEFAULT_4XX', 'DEFAULT_5XX'],
    '[REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN]',
  ],
]

/**
 * What the model forbids: members of the body are named from the operation's own input on, in the reverse order of the
 * path. Recorded: apigateway, `test_update_method_response_negative_tests`, CreateRestApi.
 */
export function invalidInput(
  _message: string,
  violations: readonly Violation[],
  { operation }: { readonly operation: string },
): AwsError | undefined {
  const members = loadServiceModel('apigateway').operations[operation]?.input.members ?? {}
  const prefix = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}Input.`
  const told = violations.map((violation) => {
    const [head = ''] = violation.path.split('.')
    const inPath = members[head]?.location !== undefined
    const path = inPath ? violation.path : prefix + violation.path
    return inPath ? { ...violation, path, inPath } : { ...violation, path, inPath }
  })
  const sorted = [...told.filter((it) => !it.inPath), ...told.filter((it) => it.inPath)]
  return validation(inRecordedOrder(validationMessage(sorted)))
}

function inRecordedOrder(message: string): string {
  return message.replace(/\[([A-Za-z0-9_]+(?:, [A-Za-z0-9_]+)+)\]/g, (list, inner: string) => {
    const values = inner.split(', ')
    const order = orders.find(([some]) => some.every((value) => values.includes(value)))
    return order === undefined ? list : order[1]
  })
}
