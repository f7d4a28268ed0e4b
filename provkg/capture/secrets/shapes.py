"""The shapes that vendors give their keys and tokens, each with the letters without which it cannot be in a text.

Looking for those letters first keeps the search of a long text quick. No pattern may look at a character more often
than a fixed number of times: repetitions are bounded or possessive.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_DENSE: Final = r"A-Za-z0-9_\-"
_GITLAB: Final = ("pat", "dt", "rt", "cbt", "ptt", "imt", "ft", "soat", "ffct", "wt", "agent")
_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

SHAPES: Final[tuple[tuple[str, str], ...]] = (
    # --- clouds
    *((prefix, rf"\b{prefix}[0-9A-Z]{{16}}\b") for prefix in ("AKIA", "ASIA", "AROA", "AIDA", "ABIA", "ACCA")),
    ("ABSK", r"\bABSK[A-Za-z0-9+/]{80,400}={0,2}"),
    ("bedrock-api-key-", r"\bbedrock-api-key-[A-Za-z0-9+/=]{20,2000}"),
    ("AIza", rf"\bAIza[{_DENSE}]{{30,60}}"),
    ("ya29.", rf"\bya29\.[{_DENSE}.]{{20,2000}}"),
    ("GOCSPX-", rf"\bGOCSPX-[{_DENSE}]{{20,60}}"),
    ("1//0", rf"\b1//0[{_DENSE}]{{30,200}}"),
    ("GOOG", r"\bGOOG[0-9A-Z]{20,61}\b"),
    ("8Q~", r"[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{30,40}"),
    ("AZDO", r"(?<![A-Za-z0-9])[A-Za-z0-9]{70,80}AZDO[A-Za-z0-9]{4}"),
    ("_v1_", r"\bdo[opr]_v1_[a-f0-9]{40,100}"),
    ("_v1_", rf"\b(?:tgp|wandb)_v1_[{_DENSE}]{{20,200}}"),
    ("HRKU-", rf"\bHRKU-[{_DENSE}]{{30,100}}"),
    ("LTAI", r"\bLTAI[A-Za-z0-9]{12,26}\b"),
    ("AKID", r"\bAKID[A-Za-z0-9]{13,40}\b"),
    ("FlyV1", r"\bFlyV1 [A-Za-z0-9_+/=,-]{20,2000}"),
    ("rnd_", r"\brnd_[A-Za-z0-9]{20,60}\b"),
    ("vercel_", rf"\bvercel_blob_rw_[{_DENSE}]{{20,100}}"),
    ("nfp_", r"\bnfp_[A-Za-z0-9]{30,60}"),
    ("sbp_", r"\bsbp_[a-f0-9]{40}"),
    ("sb_secret_", rf"\bsb_secret_[{_DENSE}]{{20,100}}"),
    ("pscale_", rf"\bpscale_(?:tkn|pw|oauth)_[{_DENSE}.=]{{30,80}}"),
    ("napi_", r"\bnapi_[a-z0-9]{50,80}"),
    ("dapi", r"\bdapi[a-f0-9]{32}(?:-\d)?\b"),
    ("v1.0-", r"\bv1\.0-[a-f0-9]{24}-[a-f0-9]{100,200}"),
    # --- code hosts and package registries
    *((f"gh{kind}_", rf"\bgh{kind}_[A-Za-z0-9]{{20,255}}") for kind in "pousr"),
    ("github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{20,255}"),
    *((f"gl{kind}-", rf"\bgl{kind}-[{_DENSE}.]{{16,300}}") for kind in _GITLAB),
    ("gloas-", r"\bgloas-[a-f0-9]{64}"),
    ("GR1348941", rf"\bGR1348941[{_DENSE}]{{20}}"),
    ("ATBB", r"\bATBB[A-Za-z0-9]{28,40}\b"),
    *((prefix, rf"\b{prefix}[{_DENSE}=]{{60,400}}") for prefix in ("ATATT3", "ATCTT3")),
    ("sgp_", r"\bsgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}"),
    ("npm_", r"\bnpm_[A-Za-z0-9]{30,60}"),
    ("pypi-", rf"\bpypi-[{_DENSE}]{{40,400}}"),
    ("rubygems_", r"\brubygems_[a-f0-9]{48}"),
    ("cio", r"\bcio[A-Za-z0-9]{32}\b"),
    ("oy2", r"\boy2[a-z0-9]{43}\b"),
    ("CLOJARS_", r"\bCLOJARS_[a-z0-9]{60}"),
    ("dckr_", rf"\bdckr_[po]at_[{_DENSE}]{{20,60}}"),
    ("AKCp", r"\bAKCp[A-Za-z0-9]{50,80}"),
    ("cmVmdGtu", r"\bcmVmdGtu[A-Za-z0-9]{50,60}"),
    (".atlasv1.", rf"(?<![{_DENSE}])[{_DENSE}]{{14}}\.atlasv1\.[{_DENSE}=]{{60,80}}"),
    ("packagist_", r"\bpackagist_[a-z]{3}_[a-f0-9]{60,80}"),
    # --- chat and mail
    ("xox", r"\bxox[abcdeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,300}"),
    ("xapp-", r"\bxapp-\d-[A-Za-z0-9-]{20,200}"),
    ("hooks.slack.com", r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,200}"),
    ("/api/webhooks/", rf"(?<=/api/webhooks/)\d{{16,20}}/[{_DENSE}]{{40,100}}"),
    (".", r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}"),
    (":AA", rf"\b\d{{8,10}}:AA[{_DENSE}]{{32,34}}"),
    ("webhookb2/", r"(?<=webhookb2/)[A-Za-z0-9@/_-]{60,300}"),
    ("SK", r"\bSK[0-9a-f]{32}\b"),
    ("SG.", rf"\bSG\.[{_DENSE}]{{16,32}}\.[{_DENSE}]{{16,64}}"),
    ("key-", r"\bkey-[0-9a-f]{32}\b"),
    ("-us", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    ("re_", r"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,30}\b"),
    ("xkeysib-", r"\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    # --- payment
    *((f"k_{kind}_", rf"\b[srp]k_{kind}_[A-Za-z0-9]{{16,200}}") for kind in ("live", "test", "prod")),
    ("whsec_", r"\bwhsec_[A-Za-z0-9+/=]{24,80}"),
    ("sq0", rf"\bsq0[a-z]{{3}}-[{_DENSE}]{{20,60}}"),
    ("access_token$", r"\baccess_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}"),
    ("shp", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    ("rzp_", r"\brzp_(?:live|test)_[A-Za-z0-9]{14,24}"),
    ("access-", r"\baccess-(?:sandbox|development|production)-[0-9a-f-]{36}"),
    ("pdl_", r"\bpdl_(?:live|sdbx)_apikey_[A-Za-z0-9_]{40,80}"),
    ("FLWSECK", r"\bFLWSECK(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?"),
    # --- machine learning
    ("hf_", r"\bhf_[A-Za-z0-9]{20,60}"),
    ("api_org_", r"\bapi_org_[A-Za-z0-9]{30,60}"),
    ("sk-", rf"\bsk-(?:ant-|proj-|or-|svcacct-|admin-|lf-)?[{_DENSE}]{{20,300}}"),
    ("sk_", r"\bsk_[0-9a-f]{48}\b"),
    ("r8_", r"\br8_[A-Za-z0-9]{37}\b"),
    ("gsk_", r"\bgsk_[A-Za-z0-9]{40,60}"),
    ("pplx-", r"\bpplx-[A-Za-z0-9]{40,60}"),
    ("fw_", r"\bfw_[A-Za-z0-9]{22,30}\b"),
    ("esecret_", r"\besecret_[A-Za-z0-9]{20,60}"),
    ("pcsk_", r"\bpcsk_[A-Za-z0-9_]{40,90}"),
    ("lsv2_", r"\blsv2_(?:pt|sk)_[A-Za-z0-9_]{32,64}"),
    ("ls__", r"\bls__[a-f0-9]{32}"),
    ("KGAT_", r"\bKGAT_[a-f0-9]{32}"),
    ("nvapi-", rf"\bnvapi-[{_DENSE}]{{40,100}}"),
    ("xai-", r"\bxai-[A-Za-z0-9]{60,100}"),
    ("rpa_", r"\brpa_[A-Za-z0-9]{30,60}"),
    ("tvly-", r"\btvly-[A-Za-z0-9-]{20,60}"),
    ("csk-", r"\bcsk-[a-z0-9]{40,60}"),
    ("jina_", rf"\bjina_[{_DENSE}]{{40,80}}"),
    ("pa-", rf"\bpa-[{_DENSE}]{{43}}\b"),
    *((prefix, rf"\b{prefix}[A-Za-z0-9]{{22}}\b") for prefix in ("ak-", "as-")),
    # --- operations
    ("glsa_", r"\bglsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    ("glc_", r"\bglc_[A-Za-z0-9+/=]{30,400}"),
    *((prefix, rf"\b{prefix}[{_DENSE}]{{19,40}}") for prefix in ("NRAK-", "NRRA-", "NRJS-", "NRII-")),
    ("sntry", r"\bsntry[su]_[A-Za-z0-9+/=_]{40,400}"),
    ("ik_", r"\bhc[a-z]ik_[a-z0-9]{50,70}"),
    ("dt0", r"\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    *((prefix, rf"\b{prefix}{_UUID}\b") for prefix in ("sdk-", "mob-", "api-")),
    *((prefix, rf"\b{prefix}[A-Za-z0-9]{{40,60}}") for prefix in ("phc_", "phx_", "phs_")),
    *((prefix, rf"\b{prefix}[A-Za-z0-9]{{36}}") for prefix in ("pnu_", "pnb_")),
    ("dp.", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,100}"),
    *((f"hv{kind}.", rf"\bhv{kind}\.[{_DENSE}]{{20,300}}") for kind in "sbr"),
    ("s.", r"(?<![A-Za-z0-9.])s\.(?=[A-Za-z]{0,23}\d)(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![A-Za-z0-9])"),
    ("ops_eyJ", rf"\bops_eyJ[{_DENSE}]{{40,2000}}"),
    ("A3-", r"\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-(?:[A-Z0-9]{5}-){2}[A-Z0-9]{5}"),
    ("AGE-SECRET-KEY-", r"\bAGE-SECRET-KEY-1[A-Z0-9]{40,80}"),
    ("pul-", r"\bpul-[a-f0-9]{40}"),
    ("tskey-", r"\btskey-[a-z]{2,10}-[A-Za-z0-9-]{16,80}"),
    ("CCIP", r"\bCCIP(?:AT|RJ)_[A-Za-z0-9_]{40,100}"),
    *((prefix, rf"\b{prefix}[a-z0-9]{{40}}") for prefix in ("bkua_", "bkct_", "bkaj_", "squ_", "sqp_", "sqa_")),
    ("PMAK-", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    ("ntn_", r"\bntn_[A-Za-z0-9]{40,60}"),
    ("secret_", r"\bsecret_(?=[A-Za-z_]{0,60}\d)[A-Za-z0-9]{43}\b"),
    ("lin_", r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,80}"),
    (".", r"\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("pat-", r"\bpat-[a-z]{2}\d-[0-9a-f-]{36}"),
    ("figd_", rf"\bfigd_[{_DENSE}]{{36,60}}"),
    ("sl.", rf"\bsl\.(?:u\.)?[{_DENSE}]{{100,2000}}"),
    ("CFPAT-", rf"\bCFPAT-[{_DENSE}]{{40,60}}"),
    ("EAA", r"\bEAA[A-Za-z0-9]{60,400}"),
    ("AAAAAAAAAA", r"\bA{18,24}[A-Za-z0-9]{2,60}%(?:2B|2F|3D)[A-Za-z0-9%]{20,120}"),
    ("k.eyJ", rf"\b[ps]k\.eyJ[{_DENSE}]{{20,400}}\.[{_DENSE}]{{16,40}}"),
    ("tfp_", rf"\btfp_[{_DENSE}.=]{{40,80}}"),
    *((prefix, rf"\b{prefix}[a-f0-9]{{54}}") for prefix in ("EZAK", "EZTK")),
    ("duffel_", rf"\bduffel_(?:live|test)_[{_DENSE}]{{40,60}}"),
    ("shippo_", r"\bshippo_(?:live|test)_[a-f0-9]{40}"),
    ("pvk_", rf"\bpvk_[{_DENSE}]{{20,100}}"),
    # --- of no one vendor
    # A signed or encrypted token (RFC 7519; five parts: RFC 7516, section 3.1), and a service's JSON in base64.
    ("eyJ", rf"(?<![{_DENSE}])eyJ[{_DENSE}]{{8,8000}}+\.[{_DENSE}]{{0,8000}}+(?:\.[{_DENSE}]{{0,8000}}+){{1,3}}"),
    ("eyJhcGlf", r"\beyJhcGlf[A-Za-z0-9+/=]{20,2000}"),
    (".local.", rf"\bv[1-4]\.local\.[{_DENSE}]{{40,4000}}"),
    # The first letters of a private key in base64, as in a kubeconfig; certificates and public keys stay.
    ("LS0tLS1CRUdJTiB", r"LS0tLS1CRUdJTiB(?!DRVJU|QVUJM)[A-Za-z0-9+/=]{40,20000}"),
    # Hashes of passwords, which can be guessed from (crypt(5)).
    ("$", r"\$(?:1|5|6|apr1|y|7|2[abxy]?|argon2(?:id|i|d))\$[A-Za-z0-9./$=,+-]{12,300}"),
)
"""Letters that are in every text of a shape, and its pattern."""


@cache
def _pattern(index: int) -> re.Pattern[str]:
    # Compiled when first met: all of them together would cost a script more than importing provkg.
    letters, pattern = SHAPES[index]
    begin = letters.replace(".", r"\.").replace("$", r"\$")
    rest = pattern.removeprefix(r"\b" + begin)
    if rest != pattern:
        # Letters first, then the look back: only then are they searched for as quickly as letters are.
        pattern = rf"{begin}(?<!\w{begin}){rest}"
    return re.compile(pattern)


def without_shapes(text: str, mark: str) -> str:
    """Return `text` with each key or token of a known shape replaced by `mark`."""
    for index, (letters, _) in enumerate(SHAPES):
        if letters in text:
            text = _pattern(index).sub(mark, text)
    return text
