import { loadServiceModel, type Violation } from '@cloud-orrery/models'
import type { Breach, Case } from './cases.ts'
import type { SdkError } from './sender.ts'

/** How a service refuses what its model forbids. */
export interface HouseWords {
  /** What is wrong with the refusal of a broken constraint; undefined where it reads as the service's do. */
  readonly judge: (refusal: Refusal) => string | undefined
  /** Whether an error complains of the model's constraints: then a valid request was refused. */
  readonly complains: (error: SdkError, it: Case) => boolean
  /** Refusals of a body as such, before it is read. */
  readonly unread?: RegExp
}

export interface Refusal {
  readonly operation: string
  readonly error: SdkError
  readonly breach: Breach
  readonly case: Case
  /** AWS's common sentence for all that the request breaks. */
  readonly message: string
  readonly violations: readonly Violation[]
}

/**
 * The common wording, under a code. The breach has to be named in words of the ring's own, too. `own`: what the
 * service refuses in these words, though the model has no such constraint.
 */
function common(code: string, own?: RegExp): HouseWords {
  return {
    complains: ({ message }) =>
      /validation errors? detected: /.test(message) && own?.test(message) !== true,
    judge: ({ error, breach, message }) => {
      if (error.name !== code) return `code ${error.name}, not ${code}: ${error.message}`
      // Recorded: logs PutMetricFilter: AWS shows a unit before the dimensions.
      const said = error.message.replace(/, (unit=\w+), (dimensions=[^)]*)\)/g, ', $2, $1)')
      if (said !== message) return `says ${error.message}; the model gives ${message}`
      const named = `at '${breach.path}' failed to satisfy constraint: ${breach.constraint}`
      return message.includes(named) ? undefined : `${message} does not say: ${named}`
    },
  }
}

/** Sentences of a service's own for some constraints, before those of another. */
function besides(
  own: (refusal: Refusal) => { readonly code: string; readonly message: string } | undefined,
  others: HouseWords,
): HouseWords {
  return {
    ...others,
    judge: (refusal) => {
      const wanted = own(refusal)
      if (wanted === undefined) return others.judge(refusal)
      const { name, message } = refusal.error
      return name === wanted.code && message === wanted.message
        ? undefined
        : `says ${name}: ${message}; not ${wanted.code}: ${wanted.message}`
    },
  }
}

const validationError = common('ValidationError')
const validationException = common('ValidationException')

/** IAM tells neither the value nor an enum's values, and words names and paths in sentences. Recorded: iam, 2025 and 2026. */
const iam: HouseWords = {
  complains: ({ message }) =>
    /validation errors? detected: |^The specified value for \w+ is invalid\./.test(message),
  judge: ({ error, breach: { path, kind, constraint }, violations: { length } }) => {
    if (error.name !== 'ValidationError') return `code ${error.name}: ${error.message}`
    if (error.message.startsWith(`The specified value for ${path} is invalid.`)) {
      return kind === 'pattern' || length > 1 ? undefined : `says ${error.message}`
    }
    const words = kind === 'enum' ? 'Member must satisfy enum value set' : constraint
    const named = `at '${path}' failed to satisfy constraint: ${words}`
    const counted = `${length} validation error${length === 1 ? '' : 's'} detected: Value`
    const isRight = error.message.startsWith(counted) && error.message.includes(named)
    return isRight ? undefined : `says ${error.message}; not: ${named}`
  },
}

const logs = besides(
  ({ breach, case: { input } }) => {
    // Recorded: logs CreateLogGroup and CreateLogStream.
    const isName = breach.path === 'logGroupName' || breach.path === 'logStreamName'
    const value = String(input[breach.path])
    if (!isName || breach.kind !== 'length' || value.length <= 512) return undefined
    const message =
      'Invalid LogGroup or LogStream, both must have length less than or equal to 512.'
    return { code: 'InvalidParameterException', message }
  },
  common('InvalidParameterException', /at 'retentionInDays'/),
)

const cloudtrail = besides(({ breach }) => {
  if (breach.path === 'maxResults') {
    const message = 'Invalid MaxResults: specify a value between 1 and 50.'
    return { code: 'InvalidMaxResultsException', message }
  }
  if (breach.path !== 'eventCategory') return undefined
  const message = 'Invalid event category: specify insight.'
  return { code: 'InvalidEventCategoryException', message }
}, validationException)

/** What is missing is named as in a form. Recorded: cloudwatch, SetAlarmState; users' reports of PutMetricData. */
const cloudwatch = besides(({ breach: { path, kind } }) => {
  if (kind !== 'required') return undefined
  const name = path.replace(/\.(\d+)\.member/g, '.member.$1').replace(/(^|\.)[a-z]/g, upperCase)
  const message = `The parameter ${name.replaceAll('.Member.', '.member.')} is required.`
  return { code: 'MissingRequiredParameterException', message }
}, validationError)

/** The statuses come in an order of AWS's own. Recorded: stepfunctions, ListExecutions. */
const states = besides(
  ({ breach: { path, kind }, message }) =>
    path !== 'statusFilter' || kind !== 'enum'
      ? undefined
      : {
          code: 'ValidationException',
          message: message.replace(
            /\[RUNNING[^\]]*\]/,
            '[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]',
          ),
        },
  validationException,
)

/** The table that is missing has words of its own; its name keeps to a pattern that the model leaves to ARNs. */
const dynamodb = besides(
  ({ breach: { path, kind }, violations: { length } }) => {
    const isOwn = path === 'tableName' || path === 'resourceArn'
    if (!isOwn || kind !== 'required' || length > 1) return undefined
    const message = `The parameter '${upperFirst(path)}' is required but was not present in the request`
    return { code: 'ValidationException', message }
  },
  common('ValidationException', /at 'tableName' failed to satisfy constraint: Member must satisfy/),
)

/** Kinds of notifications have words of their own. Recorded: ses, SetIdentityHeadersInNotificationsEnabled. */
const ses = besides(({ breach: { path, kind } }) => {
  if (path !== 'notificationType' || kind !== 'enum') return undefined
  const message =
    'Invalid notification type: ring-unknown. Valid values are: Bounce, Complaint, Delivery.'
  return { code: 'InvalidParameterValue', message }
}, validationError)

/** Parameters that are missing have words of their own. Recorded: sns, Unsubscribe. */
const sns = besides(({ breach: { path, kind } }) => {
  if (kind !== 'required' || path.includes('.')) return undefined
  const message = `Invalid parameter: ${upperFirst(path)} Reason: no value for required parameter`
  return { code: 'InvalidParameterException', message }
}, validationError)

/** Operations judge their values themselves: any refusal of the caller will do, but for what is missing. */
const sqs: HouseWords = {
  // An empty body is a missing one. Recorded: sqs, SendMessage.
  complains: ({ name }, { input }) => name === 'MissingParameter' && input['MessageBody'] !== '',
  judge: ({ error, breach: { path, kind } }) => {
    if (kind !== 'required' || path.endsWith('.dataType')) return undefined
    const last = upperFirst(path.slice(path.lastIndexOf('.') + 1))
    const isRight = error.name === 'MissingParameter' && error.message.endsWith(`${last}.`)
    return isRight ? undefined : `${path} is missing, and it says ${error.name}: ${error.message}`
  },
}

/** The algorithms of MACs come in an order of AWS's own. Recorded: kms, GenerateMac. */
const kms = besides(
  ({ breach: { path, kind }, message }) =>
    path !== 'macAlgorithm' || kind !== 'enum'
      ? undefined
      : {
          code: 'ValidationException',
          message: message.replace(
            /\[HMAC[^\]]*\]/,
            '[HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]',
          ),
        },
  // Dry runs may leave the ciphertext out, so that the model does not require it.
  common('ValidationException', /Value null at 'ciphertextBlob'/),
)

/** The first of what is broken, alone; names of repositories in words of their own. Observed on AWS: users' reports. */
const ecr: HouseWords = {
  complains: ({ message }) =>
    /^Invalid parameter at '\w+' failed to satisfy constraint: '(Member )?must /.test(message),
  judge: ({ error, breach, violations }) => {
    const isNamed = violations.some(
      (it) => it.path === breach.path && it.constraint === breach.constraint,
    )
    if (!isNamed) return `the model does not say: ${breach.path}: ${breach.constraint}`
    const { path = '', constraint = '' } = violations[0] ?? {}
    const isName = path === 'repositoryName' || path === 'registryId'
    const told = isName
      ? constraint
          .replace(/^Member /, '')
          .replace(/expression pattern: (.*)$/, "expression '$1'")
          .replaceAll('\\/', '/')
      : constraint.replace(
          '[MUTABLE, IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION]',
          '[IMMUTABLE, MUTABLE, MUTABLE_WITH_EXCLUSION, IMMUTABLE_WITH_EXCLUSION]',
        )
    const message = `Invalid parameter at '${path}' failed to satisfy constraint: '${told}'`
    const isRight = error.name === 'InvalidParameterException' && error.message === message
    return isRight ? undefined : `says ${error.name}: ${error.message}; not ${message}`
  },
}

/** The first of what is broken, alone; what is missing has a code of its own. Recorded: ec2, CreateVolume. */
const ec2: HouseWords = {
  complains: ({ message }) =>
    /^Value \(.*\) for parameter \S+ is invalid\. Member must /s.test(message),
  judge: ({ error, breach, violations: [first, ...others] }) => {
    const broken = [first, ...others].some(
      (it) => it?.path === breach.path && it.constraint === breach.constraint,
    )
    if (first === undefined || !broken) {
      return `the model does not say: ${breach.path}: ${breach.constraint}`
    }
    const { path, kind, value, constraint } = first
    const [code, message] =
      kind === 'required'
        ? ['MissingParameter', `The request must contain the parameter ${path}`]
        : [
            'InvalidParameterValue',
            `Value (${String(value)}) for parameter ${path} is invalid. ${constraint}`,
          ]
    return error.name === code && error.message === message
      ? undefined
      : `says ${error.name}: ${error.message}; not ${code}: ${message}`
  },
}

/** Enums that Lambda tells in another order than its model. Recorded: lambda. */
const lambdaOrders: Readonly<Record<string, string>> = {
  recursiveLoop: '[Terminate, Allow]',
  startingPosition: '[LATEST, AT_TIMESTAMP, TRIM_HORIZON]',
}

/** Runtimes have an error of their own, and of two lists it says besides that members may not be null. Recorded: lambda. */
const lambda: HouseWords = {
  // CreateFunction takes no qualified name, and none beyond 64 characters, which its model does not say.
  complains: common('ValidationException', /at 'functionName'/).complains,
  judge: (refusal) => {
    const { error, breach, violations } = refusal
    const { path, kind } = breach
    if (path === 'runtime' && kind === 'enum' && violations.length === 1) {
      const isOwn =
        /^Value \S+ at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[.*nodejs22\.x.*\] or be a valid ARN$/
      return error.name === 'InvalidParameterValueException' && isOwn.test(error.message)
        ? undefined
        : `says ${error.name}: ${error.message}`
    }
    const order = kind === 'enum' ? lambdaOrders[path] : undefined
    const told =
      order !== undefined
        ? breach.constraint.replace(/\[.*\]$/, order)
        : kind === 'members' && (path === 'layers' || path === 'architectures')
          ? breach.constraint.replace(/\]$/, ', Member must not be null]')
          : breach.constraint
    return validationException.judge({
      ...refusal,
      breach: { ...breach, constraint: told },
      message: refusal.message.replace(breach.constraint, () => told),
    })
  },
}

/** Documents that the model allows and S3's schema does not, by the case's name. */
const outsideS3Schema: readonly RegExp[] = [
  // How many rules and objects there are; a CORS rule has methods and origins.
  /\.(rules|objects) (empty|of 3)$/,
  /\.(cORSRules|allowedMethods|allowedOrigins) empty$/,
  // NONE blocks nothing, so that it stands alone; that S3 refuses it beside others is not recorded.
  /\.blockedEncryptionTypes\.encryptionType of 3$/,
  // An inventory has the ID of the query; the code for another one is not recorded.
  /^(inventoryConfiguration\.)?id of (0|many sorts)$/,
  // A lifecycle rule has a filter or, as of old, a prefix.
  /^lifecycleConfiguration\.rules\.1\.member\.prefix /,
  // An action says when, once: by a date or by days.
  /^lifecycleConfiguration\.rules\.1\.member\.expiration present$/,
  /^lifecycleConfiguration\.rules\.1\.member\.transitions\.1\.member\.date present$/,
  // Objects are retained for days or for years.
  /\.defaultRetention\.years /,
]

/** A value inside of a body breaks S3's schema; one in a header or the query has an error of its own. */
const s3: HouseWords = {
  unread: /^(InvalidDigest|BadDigest)$/,
  complains: ({ name }, it) =>
    name === 'MalformedXML' && !outsideS3Schema.some((known) => known.test(it.name)),
  judge: ({ error }) => {
    const status = error.$metadata?.httpStatusCode ?? 0
    return status >= 400 && !error.name.startsWith('NoSuch') ? undefined : `says ${error.name}`
  },
}

/** Enums that API Gateway tells in another order than its model. Recorded: apigateway. */
const apiGatewayOrders: readonly string[] = [
  'add, remove, move, test, replace, copy',
  'PRIVATE, EDGE, REGIONAL',
  'RESPONSE_BODY, RESPONSE, METHOD, MODEL, AUTHORIZER, RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, REQUEST_BODY, QUERY_PARAMETER, API, REQUEST_HEADER',
  'REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN',
]

function inApiGatewayOrder(constraint: string): string {
  const sorted = (values: string): string => values.split(', ').sort().join()
  return constraint.replace(/(?<=enum value set: \[)[^\]]*/, (values) => {
    return apiGatewayOrders.find((order) => sorted(order) === sorted(values)) ?? values
  })
}

/** Members of the body are named from the operation's own input on: `createRestApiInput.name`. Recorded: apigateway. */
const apigateway: HouseWords = {
  // A document of no bytes is none.
  complains: (error, it) =>
    validationException.complains(error, it) &&
    !(it.name === 'body of 0' && error.message.includes("Value null at 'body'")),
  judge: ({ operation, error, breach: { path, constraint }, violations: { length } }) => {
    if (error.name !== 'ValidationException') return `code ${error.name}: ${error.message}`
    const { members = {} } = loadServiceModel('apigateway').operations[operation]?.input ?? {}
    const [head = ''] = path.split('.')
    const owner = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}Input.`
    const place = members[head]?.location === undefined ? owner + path : path
    const counted = `${length} validation error${length === 1 ? '' : 's'} detected: Value `
    const named = `at '${place}' failed to satisfy constraint: ${inApiGatewayOrder(constraint)}`
    const isRight = error.message.startsWith(counted) && error.message.includes(named)
    return isRight ? undefined : `says ${error.message}; not: ${counted}… ${named}`
  },
}

export const houseWords: Readonly<Record<string, HouseWords>> = {
  acm: validationException,
  apigateway,
  apigatewayv2: common('BadRequestException'),
  cloudformation: validationError,
  cloudtrail,
  cloudwatch,
  cognitoidp: common('InvalidParameterException'),
  dynamodb,
  dynamodbstreams: validationException,
  ec2,
  ecr,
  elbv2: validationError,
  events: validationException,
  iam,
  kms,
  lambda,
  logs,
  route53: common('InvalidInput'),
  s3,
  scheduler: validationException,
  secretsmanager: validationException,
  ses,
  sesv2: common('BadRequestException'),
  sns,
  sqs,
  states,
  ssm: common('ValidationException', /Value '' at 'value'/),
  sts: validationError,
  tagging: validationException,
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function upperCase(text: string): string {
  return text.toUpperCase()
}
