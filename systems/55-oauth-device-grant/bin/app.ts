import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { acknowledge } from '../lib/acknowledgements.ts'
import { DeviceGrant } from '../lib/device-grant.ts'
import { NewZone } from '../lib/front-name.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))

const said = (name: string, otherwise: string): string =>
  String(app.node.tryGetContext(name) ?? otherwise)
const zoneName = said('zone', 'starlight.example')
const zoneId = said('zoneId', '')
const certificateArn = said('certificateArn', '')
const newZone =
  zoneId === ''
    ? new NewZone(app, 'DeviceGrantZone', {
        zoneName,
        description: 'The name of the devices’ login.',
      })
    : undefined

new DeviceGrant(app, 'DeviceGrant', {
  description: 'OAuth 2.0 device authorization grant (RFC 8628) in front of a user pool.',
  fqdn: said('fqdn', `link.${zoneName}`),
  email: said('email', `ana@${zoneName}`),
  zone: newZone?.zone ?? { hostedZoneId: zoneId, zoneName },
  ...(certificateArn === '' ? {} : { certificateArn }),
})
acknowledge(app)
