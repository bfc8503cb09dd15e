class Broken(Package:
