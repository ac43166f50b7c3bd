import { Duration } from 'aws-cdk-lib'
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager'
import { type IVpc, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2'
import {
  type ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  UnauthenticatedAction,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { AuthenticateCognitoAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2-actions'
import { Construct } from 'constructs'
import type { People } from './people.ts'

interface FrontProps {
  readonly certificate: ICertificate
}

/** The one way in: a load balancer with TLS, in a network that holds nothing else. */
export class Front extends Construct {
  readonly balancer: ApplicationLoadBalancer
  readonly #listener: ApplicationListener
  #priority = 0

  constructor(scope: Construct, id: string, { certificate }: FrontProps) {
    super(scope, id)
    const vpc = new Vpc(this, 'Network', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 24 }],
      restrictDefaultSecurityGroup: false,
    }) as IVpc // CDK's own types differ in whether undefined may be said.
    const securityGroup = new SecurityGroup(this, 'Web', {
      vpc,
      description: 'HTTPS from everywhere; out to the login and its keys',
      allowAllOutbound: false,
    })
    for (const port of [80, 443]) securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(port))
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Token and userInfo endpoints')
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      securityGroup,
      internetFacing: true,
      dropInvalidHeaderFields: true,
    })
    this.#listener = this.balancer.addListener('Https', {
      protocol: ApplicationProtocol.HTTPS,
      certificates: [certificate],
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      open: false,
      defaultAction: ListenerAction.fixedResponse(503, {
        contentType: 'text/plain',
        messageBody: 'Nothing is here.\n',
      }),
    })
    // People type what a television shows, and leave out https://.
    this.balancer.addListener('Http', {
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    })
  }

  /** Paths that everyone may have. Rules are judged in the order in which they are added. */
  open(id: string, paths: string[], target: ApplicationTargetGroup): void {
    this.#rule(id, paths, ListenerAction.forward([target]))
  }

  /** Paths for people who have signed in; others are sent to the login. */
  guard(id: string, paths: string[], target: ApplicationTargetGroup, people: People): void {
    const action = new AuthenticateCognitoAction({
      userPool: people.pool,
      userPoolClient: people.balancerClient,
      userPoolDomain: people.domain,
      scope: 'openid',
      sessionTimeout: Duration.days(7),
      onUnauthenticatedRequest: UnauthenticatedAction.AUTHENTICATE,
      next: ListenerAction.forward([target]),
    })
    this.#rule(id, paths, action)
  }

  #rule(id: string, paths: string[], action: ListenerAction): void {
    this.#priority += 1
    new ApplicationListenerRule(this, id, {
      listener: this.#listener,
      priority: this.#priority,
      conditions: [ListenerCondition.pathPatterns(paths)],
      action,
    })
  }
}
