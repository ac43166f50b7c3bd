/** Source, where none is given: Lambda developer guide, "Lambda quotas". */

/** The principal as which Lambda works for its customers. */
export const lambdaPrincipal = 'lambda.amazonaws.com'

/** Largest request to CreateFunction and UpdateFunctionCode, in bytes. Recorded: lambda CreateFunction. */
export const codeRequestBytesMax = 70_167_211

/** Function code with its layers, unpacked, in bytes. Recorded: lambda CreateFunction. */
export const unzippedBytesMax = 262_144_000

/** Files of a deployment package that was uploaded by a request, zipped. */
export const zippedBytesMax = 52_428_800

/** All code of an account in a region, in bytes. */
export const storageBytesMax = 80_530_636_800

/** Environment variables of a function as JSON, in bytes. */
export const environmentBytesMax = 4096

export const layersMax = 5

/** Recorded: lambda CreateFunction. */
export const functionNameLengthMax = 64

/** Concurrent executions of an account in a region, where no increase was asked for. */
export const concurrencyMax = 1000

/** What reserved concurrency must leave to all other functions. */
export const unreservedConcurrencyMin = 100

/** Payload of a synchronous invocation, either way, in bytes. */
export const syncPayloadBytesMax = 6_291_456

/** Response of a synchronous invocation as the runtime sends it, in bytes. Source: the error's own words. */
export const responseBytesMax = 6_291_556

/** Payload of an asynchronous invocation: 1 MB since October 2025. */
export const asyncPayloadBytesMax = 1_048_576

/** What LogType Tail gives back, in bytes. Source: Invoke, `LogResult`. */
export const tailBytesMax = 4096

/** Resource policy of a function, in bytes. */
export const policyBytesMax = 20_480

/** Recorded: lambda TagResource. */
export const tagsMax = 50

export const initTimeoutMs = 10_000

/**
 * How long a new function is Pending and an update InProgress. Deviation: AWS takes seconds; how many it leaves
 * open, and a stack of many functions should not make people wait.
 */
export const creationMs = 200
export const updateMs = 100

/** How long provisioned environments take. Deviation: a minute or more on AWS. */
export const provisioningMs = 1000

/**
 * How long an idle environment lives. AWS leaves it open; observers report five to seven minutes, and hours. The usual
 * one here outlasts an hourly schedule.
 */
export const idleMsChoices = [7_200_000, 420_000] as const

/** Longest life of an environment's credentials, in s: the shortest that every role allows. */
export const sessionSeconds = 3600

/** Longest pages. Source: ListFunctions and its like, `MaxItems`. */
export const pageItemsMax = 50

/** Errors of functions are tried again so many times. Source: developer guide, "Asynchronous invocation". */
export const retryAttemptsDefault = 2

/** Age at which an asynchronous event is given up, in s. */
export const eventAgeSecondsDefault = 21_600

/** Delays before the second and the third attempt, in ms. Source: as above. */
export const retryDelaysMs = [60_000, 120_000] as const

/** Throttled events come back after 1 s, then exponentially up to 5 minutes. Source: as above. */
export const throttledDelayMsMin = 1000
export const throttledDelayMsMax = 300_000
