import {
  AddListenerCertificates,
  type Certificate,
  CreateListener,
  DeleteListener,
  DescribeListenerAttributes,
  DescribeListenerCertificates,
  DescribeListeners,
  type Listener as ModelListener,
  ModifyListener,
  ModifyListenerAttributes,
  RemoveListenerCertificates,
} from '@cloud-orrery/models/elbv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { pageOf } from '../shared/pages.ts'
import { making, on } from './access.ts'
import { checkedActions } from './actions.ts'
import { newListenerArn, newRuleArn } from './arns.ts'
import {
  listenerAttributes,
  shownAttributes,
  tlsListenerAttributes,
  withAttributes,
} from './attributes.ts'
import { certificatesChanged, checkCertificate } from './certificates.ts'
import {
  duplicateListener,
  listenersNotFound,
  loadBalancersNotFound,
  operationNotPermitted,
  tooMany,
  unsupportedProtocol,
  validationError,
} from './errors.ts'
import { groupsChanged } from './health.ts'
import { certificatesMax, listenersMax, pageItemsMax } from './limits.ts'
import { checkSslPolicy, defaultSslPolicy } from './ssl-policies.ts'
import {
  type Balancer,
  balancers,
  groupsOf,
  type Listener,
  listeners,
  type Rule,
  rules,
  tagSets,
} from './state.ts'
import { givenTags, putTags } from './tags.ts'

export function findListener(ctx: Context, arn: string): Listener {
  const listener = listeners.get(ctx, arn)
  if (listener === undefined) throw listenersNotFound([arn])
  return listener
}

function balancerOf(ctx: Context, arn: string): Balancer {
  const balancer = balancers.get(ctx, arn)
  if (balancer === undefined) throw loadBalancersNotFound([arn])
  return balancer
}

/** The rule of requests that no other rule is for: its actions are the listener's own. */
export function defaultRule(ctx: Context, listenerArn: string): Rule | undefined {
  for (const rule of rules.where(ctx, 'listener', listenerArn)) {
    if (rule.priority === undefined) return rule
  }
  return undefined
}

export function listenerView(ctx: Context, it: Listener): ModelListener {
  const [CertificateArn] = it.certificates
  return {
    ListenerArn: it.arn,
    LoadBalancerArn: it.balancerArn,
    Port: it.port,
    Protocol: it.protocol,
    ...(CertificateArn === undefined ? {} : { Certificates: [{ CertificateArn }] }),
    ...(it.sslPolicy === undefined ? {} : { SslPolicy: it.sslPolicy }),
    ...(it.protocol === 'HTTPS' ? { MutualAuthentication: { Mode: 'off' } } : {}),
    DefaultActions: defaultRule(ctx, it.arn)?.actions ?? [],
  }
}

interface Secured {
  readonly Protocol?: string | undefined
  readonly SslPolicy?: string | undefined
  readonly Certificates?: readonly Certificate[] | undefined
}

/** Protocol, policy and default certificate, checked together. */
function securityOf(ctx: Context, { Protocol, SslPolicy, Certificates = [] }: Secured) {
  if (Protocol !== 'HTTP' && Protocol !== 'HTTPS') {
    throw unsupportedProtocol(
      `Protocol '${Protocol ?? ''}' is not supported for listeners of application load balancers: HTTP, HTTPS`,
    )
  }
  if (Protocol === 'HTTP') {
    if (Certificates.length > 0 || SslPolicy !== undefined) {
      throw validationError('Certificates and SSL policies cannot be specified for HTTP listeners')
    }
    return { protocol: Protocol, certificates: [] as string[] } as const
  }
  if (Certificates.length > 1) {
    throw validationError('Exactly one certificate must be specified for a listener')
  }
  const [certificate] = Certificates
  if (certificate?.CertificateArn === undefined) {
    throw validationError('A certificate must be specified for HTTPS listeners')
  }
  checkCertificate(ctx, certificate.CertificateArn)
  const sslPolicy = SslPolicy ?? defaultSslPolicy
  checkSslPolicy(sslPolicy)
  return { protocol: Protocol, sslPolicy, certificates: [certificate.CertificateArn] } as const
}

function refuseMutual(mode: string | undefined): void {
  if (mode !== undefined && mode !== 'off') throw notModelled('mutual authentication of listeners')
}

export const createListener = operation(CreateListener, {
  authorize: ({ LoadBalancerArn, Protocol, SslPolicy, Tags }, ctx) => {
    const keys = {
      ...(Protocol === undefined ? {} : { 'elasticloadbalancing:ListenerProtocol': Protocol }),
      ...(SslPolicy === undefined ? {} : { 'elasticloadbalancing:SecurityPolicy': SslPolicy }),
    }
    const tagging = making(
      `${(LoadBalancerArn ?? '*').replace(':loadbalancer/', ':listener/')}/*`,
      'CreateListener',
      Tags,
    ).slice(1)
    return [on(ctx, LoadBalancerArn, keys), ...tagging]
  },
  provenance: 'modelled',
  refuses: ['AlpnPolicy'],
  async run(ctx, input) {
    const { LoadBalancerArn, Port, MutualAuthentication, DefaultActions, Tags } = input
    const balancer = balancerOf(ctx, LoadBalancerArn)
    refuseMutual(MutualAuthentication?.Mode)
    if (Port === undefined) throw validationError('A port must be specified')
    const security = securityOf(ctx, input)
    const tags = givenTags(ctx, Tags)
    const checked = await checkedActions(ctx, DefaultActions, balancer, security)
    const others = [...listeners.where(ctx, 'balancer', LoadBalancerArn)]
    if (others.some(({ port }) => port === Port)) throw duplicateListener()
    if (others.length >= listenersMax) throw tooMany('listeners')
    const arn = newListenerArn(ctx, LoadBalancerArn)
    const listener = listeners.put(ctx, {
      arn,
      balancerArn: LoadBalancerArn,
      port: Port,
      attributes: {},
      ...security,
    })
    rules.put(ctx, { arn: newRuleArn(ctx, arn), listenerArn: arn, conditions: [], ...checked })
    putTags(ctx, arn, tags)
    certificatesChanged(ctx, LoadBalancerArn)
    groupsChanged(ctx, groupsOf(checked.actions))
    return { Listeners: [listenerView(ctx, listener)] }
  },
})

export const modifyListener = operation(ModifyListener, {
  authorize: ({ ListenerArn, Protocol, SslPolicy }, ctx) =>
    on(ctx, ListenerArn, {
      ...(Protocol === undefined ? {} : { 'elasticloadbalancing:ListenerProtocol': Protocol }),
      ...(SslPolicy === undefined ? {} : { 'elasticloadbalancing:SecurityPolicy': SslPolicy }),
    }),
  provenance: 'modelled',
  refuses: ['AlpnPolicy'],
  async run(ctx, input) {
    const { ListenerArn, Port, DefaultActions, MutualAuthentication } = input
    const before = findListener(ctx, ListenerArn)
    refuseMutual(MutualAuthentication?.Mode)
    const balancer = balancerOf(ctx, before.balancerArn)
    const { sslPolicy: _, certificates, ...rest } = before
    const Protocol = input.Protocol ?? before.protocol
    const given =
      input.Certificates ?? certificates.slice(0, 1).map((it) => ({ CertificateArn: it }))
    const security = securityOf(ctx, {
      Protocol,
      ...(Protocol === 'HTTPS'
        ? { SslPolicy: input.SslPolicy ?? before.sslPolicy, Certificates: given }
        : { SslPolicy: input.SslPolicy, Certificates: input.Certificates }),
    })
    const rule = defaultRule(ctx, ListenerArn)
    const checked =
      DefaultActions === undefined
        ? undefined
        : await checkedActions(ctx, DefaultActions, balancer, security, rule?.clientSecret)
    const port = Port ?? before.port
    for (const other of listeners.where(ctx, 'balancer', before.balancerArn)) {
      if (other.port === port && other.arn !== ListenerArn) throw duplicateListener()
    }
    const further = Protocol === 'HTTPS' ? certificates.slice(1) : []
    const listener = listeners.put(ctx, {
      ...rest,
      port,
      ...security,
      certificates: [...security.certificates, ...further],
    })
    certificatesChanged(ctx, before.balancerArn)
    if (rule !== undefined && checked !== undefined) {
      const { clientSecret: __, ...kept } = rule
      rules.put(ctx, { ...kept, ...checked })
      groupsChanged(ctx, groupsOf([...rule.actions, ...checked.actions]))
    }
    return { Listeners: [listenerView(ctx, listener)] }
  },
})

export function removeListener(ctx: Context, { arn, balancerArn }: Listener): void {
  const gone = [...rules.where(ctx, 'listener', arn)]
  for (const rule of gone) {
    rules.delete(ctx, rule.arn)
    tagSets.delete(ctx, rule.arn)
  }
  listeners.delete(ctx, arn)
  tagSets.delete(ctx, arn)
  certificatesChanged(ctx, balancerArn)
  groupsChanged(ctx, groupsOf(gone.flatMap(({ actions }) => actions)))
}

export const deleteListener = operation(DeleteListener, {
  authorize: ({ ListenerArn }, ctx) => on(ctx, ListenerArn),
  provenance: 'modelled',
  run(ctx, { ListenerArn }) {
    removeListener(ctx, findListener(ctx, ListenerArn))
    return {}
  },
})

export const describeListeners = operation(DescribeListeners, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { LoadBalancerArn, ListenerArns = [], Marker, PageSize = pageItemsMax }) {
    if (ListenerArns.length > 0) {
      const found = ListenerArns.map((arn) => listeners.get(ctx, arn)).filter(
        (it) => it !== undefined,
      )
      if (found.length < ListenerArns.length) throw listenersNotFound(ListenerArns)
      return { Listeners: found.map((it) => listenerView(ctx, it)) }
    }
    if (LoadBalancerArn === undefined) {
      throw validationError('You must specify either listener ARNs or a load balancer ARN')
    }
    balancerOf(ctx, LoadBalancerArn)
    const { items, nextToken } = pageOf({
      list: (start) => listeners.where(ctx, 'balancer', LoadBalancerArn, start),
      positionOf: ({ arn }) => arn,
      itemsMax: PageSize,
      token: Marker,
      request: LoadBalancerArn,
      refused: () => validationError('The marker is not valid'),
    })
    return { Listeners: items.map((it) => listenerView(ctx, it)), NextMarker: nextToken }
  },
})

function knownAttributes({ protocol }: Listener) {
  return protocol === 'HTTPS' ? tlsListenerAttributes : listenerAttributes
}

export const describeListenerAttributes = operation(DescribeListenerAttributes, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { ListenerArn }) {
    const listener = findListener(ctx, ListenerArn)
    return { Attributes: shownAttributes(knownAttributes(listener), listener.attributes) }
  },
})

export const modifyListenerAttributes = operation(ModifyListenerAttributes, {
  authorize: ({ ListenerArn }, ctx) => on(ctx, ListenerArn),
  provenance: 'modelled',
  run(ctx, { ListenerArn, Attributes }) {
    const listener = findListener(ctx, ListenerArn)
    const known = knownAttributes(listener)
    const attributes = withAttributes(known, listener.attributes, Attributes)
    listeners.update(ctx, ListenerArn, { attributes })
    return { Attributes: shownAttributes(known, attributes) }
  },
})

export const addListenerCertificates = operation(AddListenerCertificates, {
  authorize: ({ ListenerArn }, ctx) => on(ctx, ListenerArn),
  provenance: 'modelled',
  run(ctx, { ListenerArn, Certificates }) {
    const listener = findListener(ctx, ListenerArn)
    if (listener.protocol !== 'HTTPS') {
      throw validationError('Certificates can only be added to HTTPS listeners')
    }
    const arns = Certificates.flatMap(({ CertificateArn = [] }) => CertificateArn)
    for (const arn of arns) checkCertificate(ctx, arn)
    const certificates = [...new Set([...listener.certificates, ...arns])]
    if (certificates.length > certificatesMax + 1) throw tooMany('certificates')
    listeners.update(ctx, ListenerArn, { certificates })
    certificatesChanged(ctx, listener.balancerArn)
    return { Certificates: arns.map((CertificateArn) => ({ CertificateArn, IsDefault: false })) }
  },
})

export const removeListenerCertificates = operation(RemoveListenerCertificates, {
  authorize: ({ ListenerArn }, ctx) => on(ctx, ListenerArn),
  provenance: 'modelled',
  run(ctx, { ListenerArn, Certificates }) {
    const listener = findListener(ctx, ListenerArn)
    const doomed = Certificates.flatMap(({ CertificateArn = [] }) => CertificateArn)
    const [first] = listener.certificates
    if (first !== undefined && doomed.includes(first)) {
      throw operationNotPermitted(`Default certificate '${first}' cannot be removed`)
    }
    const certificates = listener.certificates.filter((it) => !doomed.includes(it))
    listeners.update(ctx, ListenerArn, { certificates })
    certificatesChanged(ctx, listener.balancerArn)
    return {}
  },
})

export const describeListenerCertificates = operation(DescribeListenerCertificates, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { ListenerArn }) {
    const { certificates } = findListener(ctx, ListenerArn)
    return {
      Certificates: certificates.map((CertificateArn, at) => ({
        CertificateArn,
        IsDefault: at === 0,
      })),
    }
  },
})
