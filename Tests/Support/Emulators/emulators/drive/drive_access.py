"""Who may do what: roles, shares that are inherited downwards, links, resource keys, membership of shared drives."""

RANK = {"reader": 1, "commenter": 2, "writer": 3, "fileOrganizer": 4, "organizer": 5, "owner": 6}
WRITER, ORGANIZER = RANK["writer"], RANK["organizer"]


def resource_keys(header):
    """`X-Goog-Drive-Resource-Keys: id/key,id/key` as a dictionary."""
    return dict(pair.strip().partition("/")[::2] for pair in header.split(",") if "/" in pair)


def shared_rank(tree, item, principal):
    """The rank that somebody has by name: as owner, as member of the shared drive, or by a share of it or of a folder above."""
    best = 0
    if item.drive_id in tree.drives:
        best = RANK.get(tree.drives[item.drive_id].members.get(principal), 0)
    for each in tree.lineage(item):
        if each.owner is not None and each.owner == principal:
            return RANK["owner"]
        best = max(best, RANK.get(each.shares.get(principal), 0))
    return best


def rank(tree, item, principal, keys=None):
    """The rank for a request that names the item: links count as well, if the resource key is shown where there is one."""
    best = shared_rank(tree, item, principal)
    linked = max((RANK[each.link_role] for each in tree.lineage(item) if each.link_role), default=0)
    if linked > best and (item.resource_key is None or (keys or {}).get(item.id) == item.resource_key):
        best = linked
    return best


def parent_shown(tree, item, principal, keys=None):
    """`parents` stays away when the caller has no access to the parent."""
    parent = tree.get(item.parent_id)
    return parent is not None and rank(tree, parent, principal, keys) > 0


def viewers(tree, item):
    """All addresses that have the item by name."""
    found = set(tree.drives[item.drive_id].members) if item.drive_id in tree.drives else set()
    for each in tree.lineage(item):
        found.update(each.shares)
        if each.owner:
            found.add(each.owner)
    return found


def shared_with(tree, item, principal):
    """`sharedWithMe`: shared directly with the caller, who does not own it."""
    return principal in item.shares and not any(each.owner == principal for each in tree.lineage(item))


def named_as(tree, item, principal, collection):
    """`'address' in owners | writers | readers`."""
    held = shared_rank(tree, item, principal)
    if collection == "owners":
        return item.drive_id is None and held == RANK["owner"]
    return held >= (WRITER if collection == "writers" else RANK["reader"])


def may_download(item, held):
    """Whether the content may be had by somebody of that rank."""
    if "no_download" in item.flags:
        return False
    return held >= WRITER or "readers_cannot_download" not in item.flags
