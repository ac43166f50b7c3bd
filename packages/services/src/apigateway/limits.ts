/** Items of a page where the call names no limit. Source: REST API Reference, GetRestApis, `limit`. */
export const pageItemsDefault = 25
export const pageItemsMax = 500

/** Largest `minimumCompressionSize`, in bytes. Recorded: apigateway, UpdateRestApi. */
export const compressionSizeBytesMax = 10_485_760

/** Largest payload of a request and of an answer, in bytes. Source: developer guide, quotas: "Payload size". */
export const payloadBytesMax = 10_485_760

/** Largest size of a mapping template, in bytes. Source: developer guide, quotas: "Mapping template size". */
export const templateBytesMax = 307_200

/** Rounds of one `#foreach`. Source: developer guide, quotas: "Maximum number of iterations in a #foreach". */
export const foreachIterationsMax = 1_000

/** Steps of one mapping template that Orrery takes before it gives up: far beyond what fits AWS's limits. */
export const templateStepsMax = 300_000

/** Characters that one mapping template may put out: the payload's limit. */
export const templateOutputMax = payloadBytesMax

/** Longest time that an integration may take, ms. Source: developer guide, quotas: "Integration timeout". */
export const integrationTimeoutMsMax = 29_000
export const integrationTimeoutMsMin = 50

/** Longest and default time that an authorizer's answer is kept, in seconds. Source: CreateAuthorizer. */
export const authorizerTtlSecondsMax = 3600
export const authorizerTtlSecondsDefault = 300

/** Requests a second of an account and region, and burst. Source: developer guide, quotas, "Throttle quota". */
export const accountRatePerSecond = 10_000
export const accountBurst = 5_000

/** Largest size of an authorizer's Authorization header or identity sources, in bytes. */
export const cachedResponseBytesMax = 1_048_576

/** Total size of headers of a request, in bytes. Source: developer guide, quotas: 10,240 bytes. */
export const headerBytesMax = 10_240

/** Resources of an API. Source: developer guide, quotas. */
export const resourcesMax = 300
export const stagesMax = 10

/** Ids that API Gateway gives to parts of an API. */
export const partIdAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
export const partIdLength = 6
export const resourceIdLength = 10

/** Characters of a generated key's value: letters and digits. */
export const apiKeyValueLength = 40
export const apiKeyValueLengthMin = 20
/** Source: recorded, CreateApiKey. */
export const apiKeyNameLengthMax = 1024
