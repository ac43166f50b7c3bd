import {
  AwsSesEmailIdentity,
  type AwsSesEmailIdentityProperties,
  CreateEmailIdentity,
  DeleteEmailIdentity,
  GetEmailIdentity,
  PutEmailIdentityConfigurationSetAttributes,
  PutEmailIdentityDkimAttributes,
  PutEmailIdentityDkimSigningAttributes,
  PutEmailIdentityFeedbackAttributes,
  PutEmailIdentityMailFromAttributes,
} from '@cloud-orrery/models/sesv2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { stackTagList, updateTags } from './stack-tags.ts'

/** Created without being verified, as on AWS: that takes the mail's link or the domain's records. */
export const emailIdentityType = resource(AwsSesEmailIdentity, {
  async create(ctx, properties) {
    const { EmailIdentity, ConfigurationSetAttributes, DkimSigningAttributes } = properties
    await ctx.call(CreateEmailIdentity, {
      EmailIdentity,
      Tags: stackTagList(ctx, properties.Tags),
      ...(DkimSigningAttributes === undefined
        ? {}
        : { DkimSigningAttributes: DkimSigningAttributes }),
      ...(ConfigurationSetAttributes?.ConfigurationSetName === undefined
        ? {}
        : { ConfigurationSetName: ConfigurationSetAttributes.ConfigurationSetName }),
    })
    ctx.made({ EmailIdentity })
    await putSettings(ctx, properties, {})
    return attributes(ctx, EmailIdentity)
  },

  async update(ctx, properties, previous) {
    const { EmailIdentity, ConfigurationSetAttributes, DkimSigningAttributes } = properties
    if (differ(ConfigurationSetAttributes, previous.ConfigurationSetAttributes)) {
      await ctx.call(PutEmailIdentityConfigurationSetAttributes, {
        EmailIdentity,
        ...ConfigurationSetAttributes,
      })
    }
    if (differ(DkimSigningAttributes, previous.DkimSigningAttributes)) {
      const isExternal = DkimSigningAttributes?.DomainSigningSelector !== undefined
      await ctx.call(PutEmailIdentityDkimSigningAttributes, {
        EmailIdentity,
        SigningAttributesOrigin: isExternal ? 'EXTERNAL' : 'AWS_SES',
        ...(DkimSigningAttributes === undefined
          ? {}
          : { SigningAttributes: DkimSigningAttributes }),
      })
    }
    await putSettings(ctx, properties, previous)
    await updateTags(ctx, `identity/${EmailIdentity}`, properties.Tags)
    return attributes(ctx, EmailIdentity)
  },

  async delete(ctx, _state, { EmailIdentity }) {
    await ctx.call(DeleteEmailIdentity, { EmailIdentity })
  },

  async read(ctx, _state, { EmailIdentity, Tags }) {
    const found = await unlessGone(ctx.call(GetEmailIdentity, { EmailIdentity }))
    if (found === undefined) return undefined
    const { MailFromAttributes, ConfigurationSetName, FeedbackForwardingStatus } = found
    return {
      EmailIdentity,
      ...(ConfigurationSetName === undefined
        ? {}
        : { ConfigurationSetAttributes: { ConfigurationSetName } }),
      DkimAttributes: { SigningEnabled: found.DkimAttributes?.SigningEnabled ?? false },
      FeedbackAttributes: { EmailForwardingEnabled: FeedbackForwardingStatus ?? true },
      ...(MailFromAttributes?.MailFromDomain === undefined
        ? {}
        : {
            MailFromAttributes: {
              MailFromDomain: MailFromAttributes.MailFromDomain,
              BehaviorOnMxFailure: MailFromAttributes.BehaviorOnMxFailure,
            },
          }),
      ...(Tags === undefined ? {} : { Tags: found.Tags ?? [] }),
    }
  },

  adopt: (ctx, { EmailIdentity = '' }) => attributes(ctx, EmailIdentity),
})

/** The settings that CreateEmailIdentity does not take. */
async function putSettings(
  ctx: ResourceContext,
  properties: AwsSesEmailIdentityProperties,
  previous: Partial<AwsSesEmailIdentityProperties>,
): Promise<void> {
  const { EmailIdentity, DkimAttributes, FeedbackAttributes, MailFromAttributes } = properties
  if (differ(DkimAttributes, previous.DkimAttributes)) {
    const SigningEnabled = DkimAttributes?.SigningEnabled ?? true
    await ctx.call(PutEmailIdentityDkimAttributes, { EmailIdentity, SigningEnabled })
  }
  if (differ(FeedbackAttributes, previous.FeedbackAttributes)) {
    const EmailForwardingEnabled = FeedbackAttributes?.EmailForwardingEnabled ?? true
    await ctx.call(PutEmailIdentityFeedbackAttributes, { EmailIdentity, EmailForwardingEnabled })
  }
  if (differ(MailFromAttributes, previous.MailFromAttributes)) {
    await ctx.call(PutEmailIdentityMailFromAttributes, { EmailIdentity, ...MailFromAttributes })
  }
}

function differ(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other)
}

/** Names and values of the three CNAME records of Easy DKIM. Source: CloudFormation User Guide, AWS::SES::EmailIdentity. */
async function attributes(ctx: ResourceContext, EmailIdentity: string) {
  const { DkimAttributes } = await ctx.call(GetEmailIdentity, { EmailIdentity })
  const [one = '', two = '', three = ''] =
    DkimAttributes?.SigningAttributesOrigin === 'AWS_SES' ? (DkimAttributes.Tokens ?? []) : []
  const name = (token: string) => (token === '' ? '' : `${token}._domainkey.${EmailIdentity}`)
  const value = (token: string) => (token === '' ? '' : `${token}.dkim.amazonses.com`)
  return {
    physicalId: EmailIdentity,
    DkimDNSTokenName1: name(one),
    DkimDNSTokenName2: name(two),
    DkimDNSTokenName3: name(three),
    DkimDNSTokenValue1: value(one),
    DkimDNSTokenValue2: value(two),
    DkimDNSTokenValue3: value(three),
  }
}
