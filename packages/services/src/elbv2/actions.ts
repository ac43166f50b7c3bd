import { DescribeUserPoolClient } from '@cloud-orrery/models/cognitoidp'
import type {
  Action,
  AuthenticateOidcActionConfig,
  ForwardActionConfig,
  RedirectActionConfig,
} from '@cloud-orrery/models/elbv2'
import type { Context } from '../context.ts'
import { notModelled } from '../shared/not-modelled.ts'
import {
  groupOfOtherBalancer,
  incompatibleProtocols,
  invalidAction,
  targetGroupsNotFound,
  validationError,
} from './errors.ts'
import { groupsPerActionMax, sessionSecondsDefault, weightMax } from './limits.ts'
import { type Balancer, groupsOf, type Listener, listeners, rules, targetGroups } from './state.ts'

/** Actions as they are kept, and the secret of the client that logs people in. */
export interface CheckedActions {
  readonly actions: readonly Action[]
  readonly clientSecret?: string
}

const ends = ['forward', 'redirect', 'fixed-response']

/**
 * Checks the actions of a rule: some that look at the caller, then exactly one that answers.
 * `previousSecret`: of the rule as it was, which `UseExistingClientSecret` keeps.
 */
export async function checkedActions(
  ctx: Context,
  given: readonly Action[],
  balancer: Balancer,
  listener: Pick<Listener, 'protocol'>,
  previousSecret?: string,
): Promise<CheckedActions> {
  if (given.length === 0) throw validationError('At least one action must be specified')
  if (given.length > 1 && given.some(({ Order }) => Order === undefined)) {
    throw invalidAction('An order must be specified for each action of a rule with several actions')
  }
  const sorted = given.toSorted((a, b) => (a.Order ?? 1) - (b.Order ?? 1))
  if (new Set(sorted.map(({ Order = 1 }) => Order)).size < sorted.length) {
    throw invalidAction('The order of each action must be unique')
  }
  const kinds = sorted.map(({ Type }) => Type)
  if (kinds.includes('jwt-validation')) throw notModelled('actions of type jwt-validation')
  if (!ends.includes(kinds.at(-1) ?? '') || kinds.slice(0, -1).some((it) => ends.includes(it))) {
    throw invalidAction(
      'The last action to be performed must be exactly one of forward, redirect or fixed-response',
    )
  }
  if (kinds.length > 2) {
    throw invalidAction('A rule can have at most one authenticate action')
  }
  const actions = sorted.map((action, at) => ({
    ...(given.length > 1 ? { Order: action.Order ?? at + 1 } : {}),
    ...checkedAction(ctx, action, balancer, listener),
  }))
  const secret = await secretOf(ctx, sorted[0], previousSecret)
  return secret === undefined ? { actions } : { actions, clientSecret: secret }
}

function checkedAction(
  ctx: Context,
  action: Action,
  balancer: Balancer,
  { protocol }: Pick<Listener, 'protocol'>,
): Action {
  const { Type } = action
  switch (Type) {
    case 'forward':
      return { Type, ...checkedForward(ctx, action, balancer) }
    case 'redirect':
      return { Type, RedirectConfig: checkedRedirect(action.RedirectConfig) }
    case 'fixed-response': {
      if (action.FixedResponseConfig === undefined) throw missing(Type, 'FixedResponseConfig')
      const { ContentType, MessageBody } = action.FixedResponseConfig
      checkContentType(ContentType)
      return {
        Type,
        FixedResponseConfig: {
          ...action.FixedResponseConfig,
          ...(ContentType === undefined && MessageBody !== undefined
            ? { ContentType: 'text/plain' }
            : {}),
        },
      }
    }
    case 'authenticate-oidc':
    case 'authenticate-cognito':
      if (protocol !== 'HTTPS') {
        throw invalidAction(`Actions of type '${Type}' are supported only on HTTPS listeners`)
      }
      return Type === 'authenticate-oidc'
        ? { Type, AuthenticateOidcConfig: checkedOidc(action.AuthenticateOidcConfig) }
        : { Type, AuthenticateCognitoConfig: checkedCognito(action.AuthenticateCognitoConfig) }
    default:
      throw validationError(`'${Type}' is not a valid action type`)
  }
}

function missing(type: string, name: string) {
  return validationError(`You must specify ${name} for actions of type '${type}'`)
}

/** Source: FixedResponseActionConfig, `ContentType`. */
const contentTypes = [
  'text/plain',
  'text/css',
  'text/html',
  'application/javascript',
  'application/json',
]

function checkContentType(type: string | undefined): void {
  if (type !== undefined && type !== '' && !contentTypes.includes(type)) {
    throw validationError(`Content type '${type}' must be one of '[${contentTypes.join(', ')}]'`)
  }
}

function checkedForward(ctx: Context, action: Action, balancer: Balancer) {
  const { TargetGroupArn, ForwardConfig } = action
  const tuples =
    ForwardConfig?.TargetGroups ?? (TargetGroupArn === undefined ? [] : [{ TargetGroupArn }])
  if (tuples.length === 0) throw missing('forward', 'a target group')
  if (tuples.length > groupsPerActionMax) {
    throw invalidAction(`A forward action can have at most ${groupsPerActionMax} target groups`)
  }
  for (const { Weight = 1 } of tuples) {
    if (Weight < 0 || Weight > weightMax) {
      throw validationError(`The weight of a target group must be between 0 and ${weightMax}`)
    }
  }
  const arns = groupsOf([action])
  for (const arn of arns) checkGroup(ctx, arn, balancer)
  const { Enabled = false, DurationSeconds } = ForwardConfig?.TargetGroupStickinessConfig ?? {}
  if (Enabled && DurationSeconds === undefined) {
    throw validationError('The stickiness of target groups needs a duration')
  }
  const config: ForwardActionConfig = {
    TargetGroups: tuples.map(({ TargetGroupArn: arn, Weight = 1 }) => ({
      TargetGroupArn: arn,
      Weight,
    })),
    TargetGroupStickinessConfig: {
      Enabled,
      ...(DurationSeconds === undefined ? {} : { DurationSeconds }),
    },
  }
  const [only] = arns
  return {
    ...(arns.length === 1 && only !== undefined ? { TargetGroupArn: only } : {}),
    ForwardConfig: config,
  }
}

function checkGroup(ctx: Context, arn: string, balancer: Balancer): void {
  const group = targetGroups.get(ctx, arn)
  if (group === undefined) throw targetGroupsNotFound()
  if (group.vpcId !== undefined && group.vpcId !== balancer.vpcId) {
    throw incompatibleProtocols(
      `The target group '${arn}' is of another VPC than the load balancer '${balancer.arn}'`,
    )
  }
  for (const other of balancersOf(ctx, arn)) {
    if (other !== balancer.arn) throw groupOfOtherBalancer(arn)
  }
}

/** Load balancers whose rules forward to a group. */
export function balancersOf(ctx: Context, groupArn: string): string[] {
  const found = new Set<string>()
  for (const { listenerArn } of rules.where(ctx, 'group', groupArn)) {
    const arn = listeners.get(ctx, listenerArn)?.balancerArn
    if (arn !== undefined) found.add(arn)
  }
  return [...found]
}

function checkedRedirect(config: RedirectActionConfig | undefined): RedirectActionConfig {
  if (config === undefined) throw missing('redirect', 'RedirectConfig')
  const { Protocol = '#{protocol}', Port = '#{port}', Host = '#{host}' } = config
  const { Path = '/#{path}', Query = '#{query}', StatusCode } = config
  if (
    Protocol === '#{protocol}' &&
    Port === '#{port}' &&
    Host === '#{host}' &&
    Path === '/#{path}'
  ) {
    throw invalidAction('The redirect configuration is not valid because it creates a loop')
  }
  if (!Path.startsWith('/')) {
    throw validationError(`The path '${Path}' of a redirect must begin with '/'`)
  }
  return { Protocol, Port, Host, Path, Query, StatusCode }
}

function checkedOidc(
  config: AuthenticateOidcActionConfig | undefined,
): AuthenticateOidcActionConfig {
  if (config === undefined) throw missing('authenticate-oidc', 'AuthenticateOidcConfig')
  const { Issuer, AuthorizationEndpoint, TokenEndpoint, UserInfoEndpoint } = config
  for (const url of [Issuer, AuthorizationEndpoint, TokenEndpoint, UserInfoEndpoint]) {
    if (!URL.canParse(url) || !url.startsWith('https://')) {
      throw validationError(`'${url}' must be a valid HTTPS URL`)
    }
  }
  const { ClientSecret: _, UseExistingClientSecret: __, ...shown } = config
  return { ...shown, ...sessionDefaults(config) }
}

function checkedCognito(config: Action['AuthenticateCognitoConfig']) {
  if (config === undefined) throw missing('authenticate-cognito', 'AuthenticateCognitoConfig')
  if (!/^arn:aws:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+$/.test(config.UserPoolArn)) {
    throw validationError(`'${config.UserPoolArn}' is not a valid user pool ARN`)
  }
  return { ...config, ...sessionDefaults(config) }
}

type SessionSettings = Pick<
  AuthenticateOidcActionConfig,
  'SessionCookieName' | 'Scope' | 'SessionTimeout' | 'OnUnauthenticatedRequest'
>

function sessionDefaults(config: SessionSettings) {
  const { SessionTimeout = sessionSecondsDefault } = config
  if (SessionTimeout < 1 || SessionTimeout > sessionSecondsDefault) {
    throw validationError(
      `The session timeout must be between 1 and ${sessionSecondsDefault} seconds`,
    )
  }
  return {
    SessionCookieName: config.SessionCookieName ?? 'AWSELBAuthSessionCookie',
    Scope: config.Scope ?? 'openid',
    SessionTimeout,
    OnUnauthenticatedRequest: config.OnUnauthenticatedRequest ?? 'authenticate',
  }
}

/**
 * The secret of the client. Cognito's is asked for by who makes the rule, who needs `cognito-idp:DescribeUserPoolClient`.
 * Source: User Guide, "Prepare to use Amazon Cognito".
 */
async function secretOf(
  ctx: Context,
  action: Action | undefined,
  previous: string | undefined,
): Promise<string | undefined> {
  const { AuthenticateOidcConfig: oidc, AuthenticateCognitoConfig: cognito } = action ?? {}
  if (action?.Type === 'authenticate-oidc') {
    const secret = oidc?.UseExistingClientSecret === true ? previous : oidc?.ClientSecret
    if (secret === undefined) {
      throw validationError(
        'You must specify a client secret for actions of type authenticate-oidc',
      )
    }
    return secret
  }
  if (action?.Type !== 'authenticate-cognito' || cognito === undefined) return undefined
  const { UserPoolArn, UserPoolClientId: ClientId } = cognito
  const [, , , region = ctx.region] = UserPoolArn.split(':')
  const UserPoolId = UserPoolArn.slice(UserPoolArn.indexOf('/') + 1)
  const { UserPoolClient } = await ctx.call(
    DescribeUserPoolClient,
    { UserPoolId, ClientId },
    { region },
  )
  if (UserPoolClient?.ClientSecret === undefined) {
    throw invalidAction('The user pool client must have a client secret')
  }
  return UserPoolClient.ClientSecret
}
