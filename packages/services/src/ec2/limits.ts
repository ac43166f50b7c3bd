/** How long a NAT gateway is `pending`, in ms. Source: EC2 API reference, CreateNatGateway, and experience: some 90 s. */
export const natGatewayPendingMs = 90_000

/** How long a NAT gateway is `deleting`, in ms. Source: experience: under a minute. */
export const natGatewayDeletingMs = 45_000

/** How long a deleted NAT gateway is still listed, in ms. Source: VPC user guide, "Delete a NAT gateway": about an hour. */
export const natGatewayListedMs = 3_600_000

/** Tags of a resource. Source: EC2 user guide, "Tag restrictions". */
export const tagsMax = 50

/** VPCs, security groups and addresses of a region, rules of a group. Source: VPC user guide, "Amazon VPC quotas". */
export const vpcsMax = 5
export const addressesMax = 5
export const internetGatewaysMax = 5
export const rulesMax = 60
export const routesMax = 50

/** Addresses of a subnet that AWS keeps: four first ones and the last. Source: VPC user guide, "Subnet sizing". */
export const reservedAddresses = 5

/** Items of a page where the caller names no number. Source: DescribeSubnets and others, `MaxResults`. */
export const pageItemsMax = 1000
