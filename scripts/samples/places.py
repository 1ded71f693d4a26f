"""The federal states of Brazil with some of their towns: where customers and sellers live."""

# State: share of the customers (percent), postal code prefixes (first, last), towns with the largest first.
STATES = {
    "SP": (41.9, (1000, 19999), ("são paulo", "campinas", "guarulhos", "santos", "ribeirão preto", "sorocaba", "osasco")),
    "RJ": (12.9, (20000, 28999), ("rio de janeiro", "niterói", "nova iguaçu", "petrópolis", "volta redonda")),
    "MG": (11.7, (30000, 39999), ("belo horizonte", "uberlândia", "contagem", "juiz de fora", "montes claros")),
    "RS": (5.5, (90000, 99999), ("porto alegre", "caxias do sul", "pelotas", "canoas", "santa maria")),
    "PR": (5.1, (80000, 87999), ("curitiba", "londrina", "maringá", "ponta grossa", "cascavel")),
    "SC": (3.7, (88000, 89999), ("florianópolis", "joinville", "blumenau", "chapecó")),
    "BA": (3.4, (40000, 48999), ("salvador", "feira de santana", "vitória da conquista", "ilhéus")),
    "DF": (2.1, (70000, 72799), ("brasília", "taguatinga")),
    "ES": (2.0, (29000, 29999), ("vitória", "vila velha", "serra")),
    "GO": (2.0, (74000, 76799), ("goiânia", "anápolis", "rio verde")),
    "PE": (1.7, (50000, 56999), ("recife", "olinda", "caruaru")),
    "CE": (1.3, (60000, 63999), ("fortaleza", "sobral", "juazeiro do norte")),
    "PA": (1.0, (66000, 68899), ("belém", "ananindeua", "santarém")),
    "MT": (0.9, (78000, 78899), ("cuiabá", "várzea grande", "rondonópolis")),
    "MA": (0.8, (65000, 65999), ("são luís", "imperatriz")),
    "MS": (0.7, (79000, 79999), ("campo grande", "dourados")),
    "PB": (0.5, (58000, 58999), ("joão pessoa", "campina grande")),
    "PI": (0.5, (64000, 64999), ("teresina", "parnaíba")),
    "RN": (0.5, (59000, 59999), ("natal", "mossoró")),
    "AL": (0.4, (57000, 57999), ("maceió", "arapiraca")),
    "SE": (0.4, (49000, 49999), ("aracaju", "lagarto")),
    "TO": (0.3, (77000, 77999), ("palmas", "araguaína")),
    "RO": (0.3, (76800, 76999), ("porto velho", "ji-paraná")),
    "AM": (0.2, (69000, 69299), ("manaus", "parintins")),
    "AC": (0.1, (69900, 69999), ("rio branco",)),
    "AP": (0.1, (68900, 68999), ("macapá", "santana")),
    "RR": (0.1, (69300, 69399), ("boa vista",)),
}

# Where sellers are, in percent: the south-east, even more than the customers.
SELLER_STATES = {
    "SP": 59.7, "PR": 11.3, "MG": 7.9, "SC": 6.1, "RJ": 5.5, "RS": 4.2, "GO": 1.3, "DF": 1.0, "ES": 0.7, "BA": 0.6,
    "CE": 0.4, "PE": 0.3, "PB": 0.2, "RN": 0.2, "MS": 0.2, "MT": 0.1, "PA": 0.1, "AM": 0.1, "MA": 0.1,
}

SOUTHEAST = ("SP", "RJ", "MG", "ES")
