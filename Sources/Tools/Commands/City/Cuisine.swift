/// What a place of the simulated city serves. All names are made up.
struct Cuisine {
  /// What hours its places tend to keep.
  enum Style { case cafe, fast, casual, dinner, late }

  let name: String
  let region: String
  /// How many places there are of it, relative to the others.
  let frequency: Double
  /// Mean of the tiers 1 to 4.
  let price: Double
  let style: Style
  /// By `Meal`, in units of utility: hardly anybody wants ramen for breakfast.
  let appeal: [Double]
  let firstNames: [String]
  let lastNames: [String]

  private init(
    _ name: String, _ region: String, _ frequency: Double, _ price: Double, _ style: Style,
    _ appeal: [Double], _ firstNames: [String], _ lastNames: [String]
  ) {
    self.name = name
    self.region = region
    self.frequency = frequency
    self.price = price
    self.style = style
    self.appeal = appeal
    self.firstNames = firstNames
    self.lastNames = lastNames
  }

  static let all: [Cuisine] = [
    Cuisine(
      "Mexican", "Latin American", 1.6, 1.7, .casual, [-0.3, 0.5, 0.5, 0.4],
      [
        "Luna", "Paloma", "Casa Verde", "El Nopal", "La Esquina", "Tres Soles", "El Jardín",
        "Doña Rosa",
      ],
      ["Taqueria", "Cantina", "Cocina", "Taco Bar"]),
    Cuisine(
      "Burritos", "Latin American", 1.1, 1.2, .fast, [-0.2, 0.7, 0.2, 0.6],
      ["El Camino", "Rápido", "La Brasa", "Poncho", "El Sol", "Chispa"],
      ["Burritos", "Taqueria", "Burrito Bar"]),
    Cuisine(
      "Peruvian", "Latin American", 0.5, 2.4, .dinner, [-1.2, 0.2, 0.7, -0.2],
      ["Lima", "Costa", "El Puerto", "Inca", "Marea"],
      ["Cevicheria", "Cocina", "Kitchen"]),
    Cuisine(
      "Brazilian", "Latin American", 0.3, 2.6, .dinner, [-1.0, 0.1, 0.7, -0.2],
      ["Bahia", "Rio Claro", "Ipê", "Sabiá"],
      ["Churrascaria", "Grill", "Cafe"]),
    Cuisine(
      "Italian", "European", 1.3, 2.5, .dinner, [-1.3, 0.0, 0.8, -0.2],
      ["Bella Vita", "Da Nino", "Stella", "Il Cortile", "Lucca", "Due Amici", "Fontana"],
      ["Trattoria", "Osteria", "Ristorante", "Cucina"]),
    Cuisine(
      "Pizza", "European", 1.6, 1.6, .late, [-1.4, 0.3, 0.6, 0.9],
      ["Vesuvio", "Golden Crust", "Little Tony's", "Fior di Basilico", "Brick Oven", "Margherita"],
      ["Pizza", "Pizzeria", "Slice House"]),
    Cuisine(
      "French", "European", 0.6, 3.2, .dinner, [-0.6, -0.1, 0.8, -0.5],
      ["Chez Colette", "Le Marais", "Petit Jardin", "La Lanterne", "Belle Rive"],
      ["Bistro", "Brasserie", "Cafe"]),
    Cuisine(
      "Spanish", "European", 0.4, 2.7, .late, [-1.2, -0.1, 0.7, 0.5],
      ["La Sombra", "Toro Rojo", "Sevilla", "El Barril"],
      ["Tapas", "Bodega", "Taberna"]),
    Cuisine(
      "Greek", "Mediterranean", 0.5, 2.1, .casual, [-0.8, 0.3, 0.6, -0.1],
      ["Santorini", "Olive Branch", "Athena", "Blue Dome"],
      ["Grill", "Taverna", "Kitchen"]),
    Cuisine(
      "Mediterranean", "Mediterranean", 0.8, 2.0, .casual, [-0.5, 0.5, 0.4, 0.0],
      ["Cedar", "Fig & Olive", "Levant", "Saffron Gate", "Sumac"],
      ["Kitchen", "Grill", "Table"]),
    Cuisine(
      "Falafel", "Mediterranean", 0.6, 1.2, .fast, [-0.8, 0.7, 0.2, 0.6],
      ["Golden Pita", "Old Jaffa", "Shuk", "Tahini"],
      ["Falafel", "Grill", "Pita House"]),
    Cuisine(
      "Turkish", "Mediterranean", 0.3, 1.9, .late, [-0.3, 0.2, 0.5, 0.5],
      ["Bosphorus", "Anatolia", "Galata"],
      ["Kebab", "Grill", "Ocakbasi"]),
    Cuisine(
      "Japanese", "East Asian", 0.9, 2.7, .dinner, [-1.4, 0.3, 0.8, -0.2],
      ["Hana", "Sakura", "Kaze", "Tsuki", "Matsu", "Umi"],
      ["Izakaya", "Kitchen", "Dining"]),
    Cuisine(
      "Sushi", "East Asian", 1.2, 2.9, .dinner, [-1.5, 0.3, 0.8, -0.3],
      ["Aoi", "Blue Wave", "Kumo", "Ebisu Garden", "Nami", "Toro"],
      ["Sushi", "Sushi Bar", "Omakase"]),
    Cuisine(
      "Ramen", "East Asian", 0.9, 1.8, .late, [-1.3, 0.4, 0.6, 0.7],
      ["Red Lantern", "Shio", "Kuro", "Hakata Lane", "Tonbo"],
      ["Ramen", "Noodle Bar", "Ramen House"]),
    Cuisine(
      "Chinese", "East Asian", 1.3, 1.7, .casual, [-0.7, 0.4, 0.6, 0.2],
      ["Golden Phoenix", "Jade Garden", "Lucky River", "Great Wall", "Orchid", "Silver Crane"],
      ["Kitchen", "Restaurant", "House"]),
    Cuisine(
      "Sichuan", "East Asian", 0.6, 1.9, .dinner, [-1.2, 0.2, 0.7, 0.1],
      ["Red Pepper", "Chengdu Alley", "Numb & Hot", "Bamboo"],
      ["Kitchen", "House", "Garden"]),
    Cuisine(
      "Dim Sum", "East Asian", 0.6, 1.8, .cafe, [0.4, 0.9, -0.6, -1.2],
      ["Pearl", "Harbor View", "Lotus", "Morning Steam"],
      ["Dim Sum", "Tea House", "Dumplings"]),
    Cuisine(
      "Korean", "East Asian", 0.7, 2.2, .late, [-1.3, 0.1, 0.7, 0.5],
      ["Seoul Garden", "Han", "Arirang", "Namsan"],
      ["BBQ", "Kitchen", "Tofu House"]),
    Cuisine(
      "Vietnamese", "Southeast Asian", 0.9, 1.5, .casual, [-0.2, 0.7, 0.4, 0.0],
      ["Saigon", "Lotus Leaf", "Hoa", "Mekong", "Little Hanoi"],
      ["Pho", "Kitchen", "Banh Mi"]),
    Cuisine(
      "Thai", "Southeast Asian", 1.1, 1.8, .casual, [-1.2, 0.5, 0.6, 0.1],
      ["Siam", "Lemongrass", "Basil Moon", "Chao Phraya", "Mango Tree"],
      ["Thai", "Kitchen", "Noodles"]),
    Cuisine(
      "Indian", "South Asian", 1.0, 1.9, .casual, [-1.1, 0.4, 0.7, 0.1],
      ["Spice Route", "Tandoor", "Bombay Lane", "Masala", "Lal Mirch", "Ganga"],
      ["Curry House", "Kitchen", "Dhaba"]),
    Cuisine(
      "Ethiopian", "African", 0.3, 1.8, .dinner, [-1.2, 0.1, 0.6, -0.2],
      ["Addis", "Blue Nile", "Lalibela"],
      ["Kitchen", "Cafe", "House"]),
    Cuisine(
      "American", "American", 1.2, 2.1, .casual, [0.2, 0.4, 0.5, 0.1],
      ["Oak & Ember", "Blue Plate", "Corner Table", "Maple", "Ironwood", "Harvest"],
      ["Grill", "Tavern", "Kitchen"]),
    Cuisine(
      "Burgers", "American", 1.5, 1.5, .late, [-1.3, 0.6, 0.5, 0.9],
      ["Smash Bros", "Black Iron", "Route Nine", "Patty Wagon", "Juniper"],
      ["Burgers", "Burger Bar", "Diner"]),
    Cuisine(
      "Barbecue", "American", 0.5, 2.0, .dinner, [-1.4, 0.3, 0.6, 0.0],
      ["Smoke & Oak", "Pit Stop", "Low & Slow", "Hickory"],
      ["BBQ", "Smokehouse", "Pit"]),
    Cuisine(
      "Seafood", "American", 0.5, 3.0, .dinner, [-1.3, 0.1, 0.8, -0.4],
      ["Anchor", "Tidewater", "Salt & Shell", "Harbor Light"],
      ["Oyster Bar", "Fish House", "Seafood"]),
    Cuisine(
      "Breakfast", "American", 0.9, 1.6, .cafe, [1.6, 0.4, -1.4, -1.2],
      ["Sunny Side", "Morning Glory", "Egg & Spoon", "Early Bird"],
      ["Diner", "Breakfast", "Griddle"]),
    Cuisine(
      "Coffee", "Cafe", 1.4, 1.3, .cafe, [1.8, 0.2, -1.2, -1.0],
      ["Fogline", "Second Cup", "Copper Kettle", "Drift", "Night Owl", "Paper Crane"],
      ["Coffee", "Roasters", "Cafe"]),
    Cuisine(
      "Vegetarian", "Plant-Based", 0.7, 2.0, .casual, [-0.2, 0.6, 0.3, -0.5],
      ["Green Table", "Sprout", "Root & Leaf", "Gracias Terra", "Clover"],
      ["Kitchen", "Garden", "Cafe"]),
  ]
}
