package quiver.common.catalog;

/// That a role is a member of another.
///
/// @param adminOption whether the member may make others members
public record RoleMembership(
    long id, long roleId, long memberId, long grantorId, boolean adminOption)
    implements CatalogObject {}
