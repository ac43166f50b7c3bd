import { AwsError } from '@cloud-orrery/models'
import { AssumeRole } from '@cloud-orrery/models/sts'
import type { CodeEnvironment } from '../../code.ts'
import type { Context } from '../../context.ts'
import { sessions } from '../../shared/identity/state.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { roleRefused, serviceFailure } from '../errors.ts'
import { variablesForCode } from '../functions/environment-encryption.ts'
import { sessionName } from '../functions/roles.ts'
import { initTimeoutMs, lambdaPrincipal, sessionSeconds } from '../limits.ts'
import { qualifierOf } from '../lookup.ts'
import { type Deployment, type EnvironmentRecord, environments, type Settings } from '../state.ts'

/**
 * Gives an environment the credentials of the function's role, which STS judges.
 * Deviation: where AWS begins a new environment before the credentials of one expire, they are made to last longer here,
 * with STS's consent: code keeps the ones that it found at its start.
 */
export async function withCredentials(
  ctx: Context,
  environment: EnvironmentRecord,
  { roleArn, timeoutSeconds }: Settings,
): Promise<EnvironmentRecord> {
  const { credentials } = environment
  const neededUntilMs = ctx.now() + timeoutSeconds * 1000 + initTimeoutMs
  if (credentials !== undefined && credentials.expiresAtMs > neededUntilMs) return environment
  const input = {
    RoleArn: roleArn,
    RoleSessionName: sessionName(environment.functionName),
    DurationSeconds: sessionSeconds,
  }
  let accessKeyId: string
  try {
    const { Credentials } = await ctx.call(AssumeRole, input, { as: lambdaPrincipal })
    accessKeyId = Credentials?.AccessKeyId ?? ''
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw isTransient(error) ? serviceFailure(`STS: ${error.message}`) : roleRefused()
  }
  const session = sessions.get(ctx, accessKeyId)
  if (session === undefined) throw roleRefused()
  const { secretAccessKey, sessionToken, expiresAtMs, caller } = session
  if (credentials !== undefined) {
    const { accessKeyId: kept, secretAccessKey, sessionToken } = credentials
    sessions.put(ctx, { ...session, accessKeyId: kept, secretAccessKey, sessionToken })
    sessions.delete(ctx, accessKeyId)
    return environments.update(ctx, environment.id, {
      credentials: { ...credentials, expiresAtMs },
    })
  }
  return environments.update(ctx, environment.id, {
    credentials: {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiresAtMs,
      // Its log lines are written with these: Lambda does that as the role, not as a service on its behalf.
      caller,
    },
  })
}

/** The environment as the runtime takes it. */
export async function codeEnvironment(
  ctx: Context,
  environment: EnvironmentRecord,
  deployment: Deployment,
  functionArn: string,
  initMs = initTimeoutMs,
): Promise<CodeEnvironment> {
  const { code, settings } = deployment
  const { credentials, warm } = environment
  const as = { caller: credentials?.caller ?? ctx.caller }
  const own = await variablesForCode(ctx, functionArn, settings, as, warm)
  return {
    id: environment.id,
    runtime: settings.runtime,
    handler: settings.handler,
    code: code.zip,
    layers: settings.layers.map((layer) => layer.code.zip),
    variables: variablesOf(ctx, environment, settings, own),
    memoryMb: settings.memoryMb,
    storageMb: settings.storageMb,
    initTimeoutMs: initMs,
    seed: environment.seed,
  }
}

/** Recorded: lambda, `test_introspection_invoke`, `test_lambda_init_environment`. */
function variablesOf(
  ctx: Context,
  environment: EnvironmentRecord,
  settings: Settings,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const { credentials, functionName, version } = environment
  const { logging, runtime } = settings
  const json = logging.format === 'JSON'
  return {
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '169.254.100.1:2000',
    _AWS_XRAY_DAEMON_ADDRESS: '169.254.100.1',
    _AWS_XRAY_DAEMON_PORT: '2000',
    ...own,
    _HANDLER: settings.handler,
    AWS_REGION: ctx.region,
    AWS_DEFAULT_REGION: ctx.region,
    // Custom runtimes have none. Source: developer guide, "Defined runtime environment variables".
    ...(runtime.startsWith('provided') ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}` }),
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: qualifierOf(version),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: environment.provisioned
      ? 'provisioned-concurrency'
      : 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: environment.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: environment.logStream,
    ...(json ? { AWS_LAMBDA_LOG_FORMAT: 'JSON' } : {}),
    ...(json ? { AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel ?? 'INFO' } : {}),
    ...(credentials === undefined
      ? {}
      : {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_SESSION_TOKEN: credentials.sessionToken,
        }),
  }
}
