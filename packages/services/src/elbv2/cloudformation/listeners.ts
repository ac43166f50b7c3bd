import {
  type Action,
  AddListenerCertificates,
  AwsElasticLoadBalancingV2Listener,
  AwsElasticLoadBalancingV2ListenerCertificate,
  type AwsElasticLoadBalancingV2ListenerProperties,
  AwsElasticLoadBalancingV2ListenerRule,
  CreateListener,
  CreateRule,
  DeleteListener,
  DeleteRule,
  DescribeListeners,
  DescribeRules,
  ModifyListener,
  ModifyListenerAttributes,
  ModifyRule,
  RemoveListenerCertificates,
  SetRulePriorities,
} from '@cloud-orrery/models/elbv2'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { unlessGone } from './gone.ts'
import { retag, tagsFor } from './tags.ts'

type TemplateAction = AwsElasticLoadBalancingV2ListenerProperties['DefaultActions'][number]

/** Templates write the session's length as a text. */
function actionsOf(actions: readonly TemplateAction[]): Action[] {
  return actions.map(({ AuthenticateCognitoConfig, AuthenticateOidcConfig, ...action }) => ({
    ...action,
    ...(AuthenticateCognitoConfig === undefined
      ? {}
      : { AuthenticateCognitoConfig: withSeconds(AuthenticateCognitoConfig) }),
    ...(AuthenticateOidcConfig === undefined
      ? {}
      : { AuthenticateOidcConfig: withSeconds(AuthenticateOidcConfig) }),
  }))
}

function withSeconds<C extends { SessionTimeout?: string | undefined }>({
  SessionTimeout,
  ...config
}: C) {
  return SessionTimeout === undefined
    ? config
    : { ...config, SessionTimeout: Number(SessionTimeout) }
}

function refuseMutual(mode: string | undefined): void {
  if (mode !== undefined && mode !== 'off') {
    throw notModelled('MutualAuthentication of AWS::ElasticLoadBalancingV2::Listener')
  }
}

export const listenerType = resource(AwsElasticLoadBalancingV2Listener, {
  async create(ctx, properties) {
    const { ListenerAttributes = [], Tags, MutualAuthentication, ...rest } = properties
    refuseMutual(MutualAuthentication?.Mode)
    const DefaultActions = actionsOf(rest.DefaultActions)
    const input = { ...rest, DefaultActions, Tags: tagsFor(ctx, Tags) }
    const { Listeners = [] } = await ctx.call(CreateListener, input)
    const ListenerArn = Listeners[0]?.ListenerArn ?? ''
    if (ListenerAttributes.length > 0) {
      await ctx.call(ModifyListenerAttributes, { ListenerArn, Attributes: ListenerAttributes })
    }
    return { ListenerArn }
  },
  async update(ctx, properties, previous, { ListenerArn }) {
    const { ListenerAttributes = [], Tags, LoadBalancerArn: _, ...others } = properties
    const { MutualAuthentication, ...rest } = others
    refuseMutual(MutualAuthentication?.Mode)
    const DefaultActions = actionsOf(rest.DefaultActions)
    await ctx.call(ModifyListener, { ListenerArn, ...rest, DefaultActions })
    if (ListenerAttributes.length > 0) {
      await ctx.call(ModifyListenerAttributes, { ListenerArn, Attributes: ListenerAttributes })
    }
    await retag(ctx, ListenerArn, Tags, previous.Tags)
    return { ListenerArn }
  },
  async delete(ctx, { ListenerArn }) {
    await unlessGone(ctx.call(DeleteListener, { ListenerArn }))
  },
  async read(ctx, { ListenerArn }, { SslPolicy, DefaultActions }) {
    const found = await unlessGone(ctx.call(DescribeListeners, { ListenerArns: [ListenerArn] }))
    const [listener] = found?.Listeners ?? []
    if (listener === undefined) return undefined
    const { LoadBalancerArn = '', Port, Protocol, Certificates } = listener
    return {
      LoadBalancerArn,
      Port,
      Protocol,
      DefaultActions,
      ...(Certificates === undefined ? {} : { Certificates }),
      ...(SslPolicy === undefined ? {} : { SslPolicy: listener.SslPolicy }),
    }
  },
})

function refuseTransforms(transforms: readonly unknown[] | undefined): void {
  if (transforms !== undefined) {
    throw notModelled('Transforms of AWS::ElasticLoadBalancingV2::ListenerRule')
  }
}

export const listenerRuleType = resource(AwsElasticLoadBalancingV2ListenerRule, {
  async create(ctx, { ListenerArn = '', Tags, Transforms, ...rest }) {
    refuseTransforms(Transforms)
    const input = { ListenerArn, ...rest, Tags: tagsFor(ctx, Tags) }
    const { Rules = [] } = await ctx.call(CreateRule, input)
    return { RuleArn: Rules[0]?.RuleArn ?? '', IsDefault: false }
  },
  async update(ctx, properties, previous, state) {
    const { RuleArn } = state
    const { Actions, Conditions, Priority, Transforms } = properties
    refuseTransforms(Transforms)
    await ctx.call(ModifyRule, { RuleArn, Actions, Conditions })
    if (Priority !== previous.Priority) {
      await ctx.call(SetRulePriorities, { RulePriorities: [{ RuleArn, Priority }] })
    }
    await retag(ctx, RuleArn, properties.Tags, previous.Tags)
    return state
  },
  async delete(ctx, { RuleArn }) {
    await unlessGone(ctx.call(DeleteRule, { RuleArn }))
  },
  async read(ctx, { RuleArn }, { Actions, Conditions, ListenerArn }) {
    const found = await unlessGone(ctx.call(DescribeRules, { RuleArns: [RuleArn] }))
    const [rule] = found?.Rules ?? []
    if (rule === undefined) return undefined
    return { Actions, Conditions, ListenerArn, Priority: Number(rule.Priority) }
  },
})

export const listenerCertificateType = resource(AwsElasticLoadBalancingV2ListenerCertificate, {
  async create(ctx, { ListenerArn, Certificates }) {
    await ctx.call(AddListenerCertificates, { ListenerArn, Certificates })
    return { Id: ctx.physicalName({ lengthMax: 128 }) }
  },
  async update(ctx, { ListenerArn, Certificates }, previous, state) {
    const now = new Set(Certificates.map(({ CertificateArn }) => CertificateArn))
    const gone = previous.Certificates.filter(({ CertificateArn }) => !now.has(CertificateArn))
    await ctx.call(AddListenerCertificates, { ListenerArn, Certificates })
    if (gone.length > 0) {
      await ctx.call(RemoveListenerCertificates, { ListenerArn, Certificates: gone })
    }
    return state
  },
  async delete(ctx, _state, { ListenerArn, Certificates }) {
    await unlessGone(ctx.call(RemoveListenerCertificates, { ListenerArn, Certificates }))
  },
})
